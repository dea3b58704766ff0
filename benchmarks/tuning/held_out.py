"""Held-out faces, which were not used to train or test any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from face_utils.cropping import crop
from face_utils.model_spec import ModelSpec
from serving.training.alignment import load_faces
from serving.training.augmentation import detected_square
from serving.training.faces import UNKNOWN, Faces
from serving.training.recipe_files import load_recipe
from serving.training.splits import holdout_rows
from serving.training.targets import TARGETS


@dataclass(frozen=True, eq=False)
class Sample:
    """Faces and their labels.

    Attributes:
        faces: `n` images with their squares.
        truth: `(n,)` right class, or age in years.
    """

    faces: Faces
    truth: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Sample:
        """Selects rows by index or by mask."""
        return Sample(self.faces.take(rows), self.truth[rows])

    def from_source(self, source: str) -> Sample:
        """Selects the faces of one data set."""
        return self.take(self.faces.source == source)

    def draw(self, count: int, rng: Generator) -> Sample:
        """Draws at most `count` faces, in random order."""
        return self.take(rng.permutation(len(self))[:count])

    def crops(self, spec: ModelSpec) -> NDArray[np.uint8]:
        """Cuts the faces as the service does, `(n, size, size)` uint8."""
        pairs = zip(self.faces.images, self.faces.squares, strict=True)
        return np.stack([crop(i, detected_square(s, spec.margin), spec.size) for i, s in pairs])


def held_out(model: str, sources: Sequence[str], data: Path, cache: Path) -> Sample:
    """Loads the held-out faces of data sets that have a single right label for a model.

    Args:
        model: Name of the model whose recipe sets the share of held-out faces.
        sources: Names of the data sets.
        data: Folder of the data sets.
        cache: Folder of all trainings, which has the aligned faces.
    """
    parts = [_held_out_of(load_faces([s], data, cache / "faces"), model) for s in sources]
    faces = Faces.join(parts)
    return Sample(faces, TARGETS[model](faces).truth)


def _held_out_of(faces: Faces, model: str) -> Faces:
    known = TARGETS[model](faces).truth != UNKNOWN
    chosen = faces.take(holdout_rows(faces, load_recipe(model).holdout_share) & known)
    # Copied, since a view would keep the whole data set in memory.
    return replace(chosen, images=[image.copy() for image in chosen.images])
