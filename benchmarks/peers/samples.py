"""Samples: the faces that all systems predict, drawn from each data set's test split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.file_protocol import AGE_GENDER, CROP, EMOTION, WHOLE, ImageSet
from face_utils.cropping import crop
from serving.training.alignment import DETECTOR_FILE, detect_squares, typical_square
from serving.training.augmentation import detected_square, whole_square
from serving.training.faces import TEST, UNKNOWN, Faces
from serving.training.readers import read
from serving.training.splits import test_rows
from serving.training.targets import emotion_targets

FACES = {"ferplus": 1000, "utkface": 500, "fairface": 500}
"""Faces per data set; fewer for age and gender, where the peers' networks are slow."""

TASKS = {"ferplus": EMOTION, "utkface": AGE_GENDER, "fairface": AGE_GENDER}
MARGIN = 0.05
"""Margin of the crops for the peers: that of Mien's models."""


def draw(source: str, count: int, seed: int, data: Path, aligned: Path) -> Faces:
    """Draws faces of a data set that have a single right label.

    Args:
        source: Name of the data set.
        count: Maximum number of faces.
        seed: Seed of the random sample.
        data: Folder with the data sets.
        aligned: Folder where training keeps aligned faces. Missing ones are aligned here.
    """
    cached = aligned / f"{source}.npz"
    if cached.is_file():
        faces = Faces.load(cached)
        faces = faces.take(test_rows(faces))
        return faces.take(_sample(faces, count, seed))
    records = [record for record in read(source, data) if record.split == TEST]
    faces = Faces.build(source, records, np.zeros((len(records), 4), np.float32))
    rows = _sample(faces, count, seed)
    from face_utils.detectors.blazeface import BlazeFace

    squares = detect_squares(source, [records[row] for row in rows], BlazeFace(DETECTOR_FILE))
    return replace(faces.take(rows), squares=squares)


def image_sets(faces: Faces) -> Iterator[ImageSet]:
    """Yields the faces of one data set as whole images and as Mien's crops, in the same size."""
    source, side = str(faces.source[0]), len(faces.images[0])
    squares = {
        WHOLE: [whole_square(image) for image in faces.images],
        CROP: [detected_square(square, MARGIN) for square in faces.squares],
    }
    for name, cuts in squares.items():
        crops = [crop(image, cut, side) for image, cut in zip(faces.images, cuts, strict=True)]
        yield ImageSet(source, name, TASKS[source], np.stack(crops), faces.squares)


def detected_share(faces: Faces) -> float:
    """Returns the share of faces that Mien's detector finds; the others have the usual square."""
    typical = typical_square(str(faces.source[0]), len(faces.images[0]))
    missed = np.isclose(faces.squares, (typical.x, typical.y, typical.side, 0)).all(axis=1)
    return float(1 - missed.mean())


def _sample(faces: Faces, count: int, seed: int) -> NDArray[np.intp]:
    """Draws rows at random. FER+ faces without a clear majority have no right label."""
    rows = np.arange(len(faces))
    if TASKS[str(faces.source[0])] == EMOTION:
        rows = rows[emotion_targets(faces).truth != UNKNOWN]
    return np.random.default_rng(seed).permutation(rows)[:count]
