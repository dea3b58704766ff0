"""Batches of crops: shuffled and augmented for training, unchanged for evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from face_utils.cropping import crop
from face_utils.model_spec import ModelSpec
from serving.training.augmentation import detected_square, training_crop, whole_square
from serving.training.faces import Faces
from serving.training.recipe import Recipe
from serving.training.sampling import draw_rows, repeat_counts, sampling_groups
from serving.training.targets import Targets

Crops = NDArray[np.uint8]
"""`(n, size, size, 1)` uint8."""


def steps_per_epoch(rows: int, recipe: Recipe) -> int:
    """Full batches in one epoch; the remaining rows are left out until the next shuffle."""
    return max(1, rows // recipe.batch_size)


def training_batches(
    faces: Faces, targets: Targets, spec: ModelSpec, recipe: Recipe, epoch: int
) -> Iterator[tuple[Crops, Targets]]:
    """Yields one epoch of batches in random order. The same epoch gives the same batches."""
    rng = np.random.default_rng((recipe.seed, epoch))
    groups = sampling_groups(faces, targets)
    order = draw_rows(repeat_counts(groups, recipe.oversampling), rng)
    for step in range(steps_per_epoch(len(faces), recipe)):
        rows = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
        crops = [
            training_crop(faces.images[i], faces.squares[i], spec, recipe.augmentation, rng)
            for i in rows
        ]
        yield mixup(np.stack(crops)[..., None], targets.take(rows), recipe.mixup_alpha, rng)


def mixup(crops: Crops, targets: Targets, alpha: float, rng: Generator) -> tuple[Crops, Targets]:
    """Blends each crop and its target with another of the batch.

    H. Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018. Interval labels cannot be
    blended, so their crops stay as they are.
    """
    if not alpha:
        return crops, targets
    other = rng.permutation(len(crops))
    has_interval = (targets.interval | targets.interval[other]).any(axis=1)
    drawn = rng.beta(alpha, alpha, len(crops))
    share = np.where(has_interval, 1.0, drawn).astype(np.float32)[:, None]
    values = share * targets.values + (1 - share) * targets.values[other]
    share = share[..., None, None]
    blended = np.rint(share * crops + (1 - share) * crops[other]).astype(np.uint8)
    return blended, replace(targets, values=values)


def detected_crops(faces: Faces, spec: ModelSpec) -> Crops:
    """The crops that the service would cut, without augmentation."""
    pairs = zip(faces.images, faces.squares, strict=True)
    crops = [crop(image, detected_square(s, spec.margin), spec.size) for image, s in pairs]
    return np.stack(crops)[..., None]


def whole_crops(faces: Faces, spec: ModelSpec) -> Crops:
    """The whole images, scaled to the model's input size."""
    crops = [crop(image, whole_square(image), spec.size) for image in faces.images]
    return np.stack(crops)[..., None]
