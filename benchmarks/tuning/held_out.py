"""Faces that no model was trained or tested on."""

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
    """Faces and their right answers.

    Attributes:
        faces: `n` pictures with their squares.
        truth: `(n,)` the right class, or the age in years.
    """

    faces: Faces
    truth: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Sample:
        """The faces of some rows, by index or by mask."""
        return Sample(self.faces.take(rows), self.truth[rows])

    def of(self, source: str) -> Sample:
        """The faces of one data set."""
        return self.take(self.faces.source == source)

    def some(self, count: int, rng: Generator) -> Sample:
        """At most `count` of the faces, in random order."""
        return self.take(rng.permutation(len(self))[:count])

    def crops(self, spec: ModelSpec) -> NDArray[np.uint8]:
        """`(n, size, size)` uint8: the faces as the service would cut them out."""
        pairs = zip(self.faces.images, self.faces.squares, strict=True)
        return np.stack([crop(i, detected_square(s, spec.margin), spec.size) for i, s in pairs])


def held_out(model: str, sources: Sequence[str], data: Path, cache: Path) -> Sample:
    """The held-out faces of some data sets that have one right answer for a model.

    Args:
        model: Name of the model whose recipe says how many faces are held out.
        sources: Names of the data sets.
        data: Folder of the data sets.
        cache: Folder of all trainings, which has the framed faces.
    """
    parts = [_held_out_of(load_faces([s], data, cache / "faces"), model) for s in sources]
    faces = Faces.join(parts)
    return Sample(faces, TARGETS[model](faces).truth)


def _held_out_of(faces: Faces, model: str) -> Faces:
    known = TARGETS[model](faces).truth != UNKNOWN
    chosen = faces.take(holdout_rows(faces, load_recipe(model).holdout_share) & known)
    # Copies, since a view would keep the whole data set in memory.
    return replace(chosen, images=[image.copy() for image in chosen.images])
