"""Evaluation subset: a few test faces that tell a shipped model from a worse one.

A test compares a model's metrics on it with those that were recorded when the model shipped. The
subset is made from the data sets in seconds, and its images stay in the cache folder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from serving.training.alignment import DETECTOR_FILE, detect_squares
from serving.training.faces import TEST, Faces
from serving.training.readers import read
from serving.training.run_dir import CACHE, DATA

FACES = 600
"""Faces per data set: the test faces whose hashes come first."""


def select_subset(faces: Faces) -> Faces:
    """The rows of one data set that belong to the subset."""
    tested = np.flatnonzero(faces.split == TEST)
    return faces.take(tested[np.argsort(faces.digest[tested], kind="stable")[:FACES]])


def load_subset(source: str, data: Path = DATA, cache: Path = CACHE) -> Faces:
    """Loads the subset of one data set; the first call aligns it with the project's detector."""
    path = cache / "subset" / f"{source}.npz"
    if not path.is_file():
        # Imported here, since only the first call needs the detector's file.
        from face_utils.detectors.blazeface import BlazeFace

        tested = (record for record in read(source, data) if record.split == TEST)
        records = sorted(tested, key=lambda record: record.digest)[:FACES]
        squares = detect_squares(source, records, BlazeFace(DETECTOR_FILE))
        Faces.build(source, records, squares).save(path)
    return Faces.load(path)
