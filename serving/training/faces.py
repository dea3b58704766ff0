"""Labelled face images: one table for all data sets, stored by column."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""A grey image, `(side, side)` uint8."""

TRAIN, TEST = "train", "test"
VOTES = 10
UNKNOWN = -1


@dataclass(frozen=True)
class Record:
    """One image and its labels.

    Attributes:
        image: The image, square.
        split: `train` or `test`.
        digest: Hash of the content. Images with the same digest are the same image.
        votes: Ten FER+ votes: the eight emotions, unknown, no face. Zeros without votes.
        ages: First and last age in years that the label allows; `UNKNOWN` without a label.
        gender: 0 female, 1 male, `UNKNOWN` without a label.
        group: Ethnicity as the data set names it, used only to compare groups.
        label: Name of the image's label folder, for custom models.
    """

    image: Grey
    split: str
    digest: str
    votes: tuple[int, ...] = (0,) * VOTES
    ages: tuple[int, int] = (UNKNOWN, UNKNOWN)
    gender: int = UNKNOWN
    group: str = ""
    label: str = ""


@dataclass(frozen=True)
class Faces:
    """A table of faces. Row i of every column belongs to image i.

    Attributes:
        images: `n` images, each `(side, side)` uint8. The side differs between data sets.
        squares: `(n, 4)` float32: centre x and y, side and roll of the detected face, in pixels
            and degrees, without margin.
        source: `(n,)` name of the data set.
        split: `(n,)` `train` or `test`.
        digest: `(n,)` hash of the content.
        votes: `(n, 10)` uint8 FER+ votes.
        ages: `(n, 2)` int16 first and last possible age.
        gender: `(n,)` int8.
        group: `(n,)` ethnicity label.
        label: `(n,)` name of the label folder; empty in data sets with other labels.
    """

    images: Sequence[Grey]
    squares: NDArray[np.float32]
    source: NDArray[np.str_]
    split: NDArray[np.str_]
    digest: NDArray[np.str_]
    votes: NDArray[np.uint8]
    ages: NDArray[np.int16]
    gender: NDArray[np.int8]
    group: NDArray[np.str_]
    label: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.images)

    @classmethod
    def build(cls, source: str, records: Sequence[Record], squares: NDArray[np.float32]) -> Self:
        """Builds the table of one data set from its records and face squares."""
        return cls(
            images=[r.image for r in records],
            squares=squares.astype(np.float32).reshape(-1, 4),
            source=np.full(len(records), source),
            split=np.array([r.split for r in records], dtype=str),
            digest=np.array([r.digest for r in records], dtype=str),
            votes=np.array([r.votes for r in records], np.uint8).reshape(-1, VOTES),
            ages=np.array([r.ages for r in records], np.int16).reshape(-1, 2),
            gender=np.array([r.gender for r in records], np.int8),
            group=np.array([r.group for r in records], dtype=str),
            label=np.array([r.label for r in records], dtype=str),
        )

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Selects rows by mask or by index."""
        index = np.arange(len(self))[rows]
        columns = {name: column[index] for name, column in self._columns()}
        return type(self)(images=[self.images[i] for i in index], **columns)

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Concatenates several tables."""
        images = [image for part in parts for image in part.images]
        columns = zip(*(part._columns() for part in parts), strict=True)
        joined = {same[0][0]: np.concatenate([column for _, column in same]) for same in columns}
        return cls(images=images, **joined)

    def save(self, path: Path) -> None:
        """Writes the faces of one data set, whose images have one size, to an `.npz` file.

        A concurrent reader finds the old file or the new one, never a part of it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.npz")
        columns = {"images": np.stack(self.images), **dict(self._columns())}
        np.savez(part, allow_pickle=False, **columns)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a file that `save` wrote, or an older one without the column `label`."""
        with np.load(path) as file:
            columns = {name: file[name] for name in file.files}
        images = list(columns.pop("images"))
        return cls(images=images, **{"label": np.full(len(images), ""), **columns})

    def _columns(self) -> Iterator[tuple[str, NDArray[Any]]]:
        for field in fields(self):
            if field.name != "images":
                yield field.name, getattr(self, field.name)
