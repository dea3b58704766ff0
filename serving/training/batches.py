"""Feeds crops: shuffled and jittered for training, plain for measuring."""

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
    """Full batches in one pass; what is left over waits for the next shuffle."""
    return max(1, rows // recipe.batch)


def training_batches(
    faces: Faces, targets: Targets, spec: ModelSpec, recipe: Recipe, epoch: int
) -> Iterator[tuple[Crops, Targets]]:
    """One pass over the faces in random order; the same epoch gives the same batches."""
    rng = np.random.default_rng((recipe.seed, epoch))
    order = draw_rows(repeat_counts(sampling_groups(faces, targets), recipe.balance), rng)
    for step in range(steps_per_epoch(len(faces), recipe)):
        rows = order[step * recipe.batch : (step + 1) * recipe.batch]
        crops = [
            training_crop(
                faces.images[i],
                faces.squares[i],
                spec.size,
                spec.margin,
                recipe.framing,
                recipe.light,
                rng,
            )
            for i in rows
        ]
        yield mixed(np.stack(crops)[..., None], targets.take(rows), recipe.mixing, rng)


def mixed(crops: Crops, targets: Targets, mixing: float, rng: Generator) -> tuple[Crops, Targets]:
    """Each crop blended with another of its batch, and their targets alike.

    H. Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018. Labels that only narrow the
    classes down cannot be blended; their crops stay as they are.
    """
    if not mixing:
        return crops, targets
    other = rng.permutation(len(crops))
    plain = (targets.interval | targets.interval[other]).any(axis=1)
    share = np.where(plain, 1.0, rng.beta(mixing, mixing, len(crops))).astype(np.float32)[:, None]
    values = share * targets.values + (1 - share) * targets.values[other]
    share = share[..., None, None]
    blended = np.rint(share * crops + (1 - share) * crops[other]).astype(np.uint8)
    return blended, replace(targets, values=values)


def detected_crops(faces: Faces, spec: ModelSpec) -> Crops:
    """The crops that the service would cut, without any jitter."""
    pairs = zip(faces.images, faces.squares, strict=True)
    crops = [
        crop(image, detected_square(square, spec.margin), spec.size) for image, square in pairs
    ]
    return np.stack(crops)[..., None]


def whole_crops(faces: Faces, spec: ModelSpec) -> Crops:
    """The whole pictures, scaled to the model's size."""
    return np.stack([crop(image, whole_square(image), spec.size) for image in faces.images])[
        ..., None
    ]
