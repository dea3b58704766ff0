"""A small evaluation pack: the test faces by which a shipped model is told from a worse one.

It is made from the data sets in seconds and keeps its pictures in the cache folder alone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from serving.training.alignment import DETECTOR_FILE, detect_squares
from serving.training.faces import TEST, Faces
from serving.training.readers import read
from serving.training.run_dir import CACHE, DATA

FACES = 600
"""Of each data set: the test faces whose hashes come first."""


def select_subset(faces: Faces) -> Faces:
    """The rows of one data set that belong to the pack."""
    tested = np.flatnonzero(faces.split == TEST)
    return faces.take(tested[np.argsort(faces.digest[tested], kind="stable")[:FACES]])


def load_subset(source: str, data: Path = DATA, cache: Path = CACHE) -> Faces:
    """The pack of one data set, framed by the project's detector; made once, then kept."""
    path = cache / "subset" / f"{source}.npz"
    if not path.is_file():
        # Imported here: only the first call needs the detector's file.
        from face_utils.detectors.blazeface import BlazeFace

        tested = (record for record in read(source, data) if record.split == TEST)
        records = sorted(tested, key=lambda record: record.digest)[:FACES]
        squares = detect_squares(source, records, BlazeFace(DETECTOR_FILE))
        Faces.build(source, records, squares).save(path)
    return Faces.load(path)
