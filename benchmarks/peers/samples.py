"""The faces that all systems are asked about: a seeded draw from each data set's test split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.file_protocol import AGE_GENDER, CROP, EMOTION, WHOLE, Pictures
from face_utils.cropping import crop
from serving.training.alignment import DETECTOR_FILE, detect_squares, typical_square
from serving.training.augmentation import detected_square, whole_square
from serving.training.faces import TEST, UNKNOWN, Faces
from serving.training.readers import read
from serving.training.splits import test_rows
from serving.training.targets import emotion_targets

FACES = {"ferplus": 1000, "utkface": 500, "fairface": 500}
"""Faces of each data set. The peers' age and gender networks are slow, their emotion is not."""

ASKED = {"ferplus": EMOTION, "utkface": AGE_GENDER, "fairface": AGE_GENDER}
MARGIN = 0.05
"""Margin of the crops that peers are given: that of Mien's own models."""


def draw(source: str, count: int, seed: int, data: Path, framed: Path) -> Faces:
    """Draws faces of a data set that can be judged.

    Args:
        source: Name of the data set.
        count: How many faces, at most.
        seed: Of the draw.
        data: Folder with the data sets.
        framed: Folder where training keeps framed faces; what is not there is framed anew.
    """
    cached = framed / f"{source}.npz"
    if cached.is_file():
        faces = Faces.load(cached)
        faces = faces.take(test_rows(faces))
        return faces.take(_chosen(faces, count, seed))
    records = [record for record in read(source, data) if record.split == TEST]
    faces = Faces.build(source, records, np.zeros((len(records), 4), np.float32))
    rows = _chosen(faces, count, seed)
    from face_utils.detectors.blazeface import BlazeFace

    squares = detect_squares(source, [records[row] for row in rows], BlazeFace(DETECTOR_FILE))
    return replace(faces.take(rows), squares=squares)


def framings(faces: Faces) -> Iterator[Pictures]:
    """The faces of one data set as whole pictures, and as Mien crops them, of the same size."""
    source = str(faces.source[0])
    side = len(faces.images[0])
    pairs = list(zip(faces.images, faces.squares, strict=True))
    squares = {
        WHOLE: [whole_square(image) for image, _ in pairs],
        CROP: [detected_square(square, MARGIN) for _, square in pairs],
    }
    for framing, cuts in squares.items():
        crops = [crop(image, cut, side) for image, cut in zip(faces.images, cuts, strict=True)]
        yield Pictures(source, framing, ASKED[source], np.stack(crops), faces.squares)


def found(faces: Faces) -> float:
    """Share of the faces that Mien's detector finds; the others have the typical square."""
    typical = typical_square(str(faces.source[0]), len(faces.images[0]))
    missed = np.isclose(faces.squares, (typical.x, typical.y, typical.side, 0)).all(axis=1)
    return float(1 - missed.mean())


def _chosen(faces: Faces, count: int, seed: int) -> NDArray[np.intp]:
    """Rows of a random draw; FER+ faces without a clear majority have no truth."""
    rows = np.arange(len(faces))
    if ASKED[str(faces.source[0])] == EMOTION:
        rows = rows[emotion_targets(faces).truth != UNKNOWN]
    return np.random.default_rng(seed).permutation(rows)[:count]
