"""Finds the face in every training picture with the detector that also serves.

Training and serving must frame a face alike, so the pictures keep their own framing and each gets
the square that the project's detector would cut out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from face_utils.cropping import Square, face_square
from face_utils.detection import Detector
from serving.training.faces import Faces, Grey, Record
from serving.training.readers import read

DETECTOR_FILE = Path("static/vendor/face_detection_full_range.tflite")

TYPICAL = {
    "ferplus": (0.5, 0.54, 0.89),
    "utkface": (0.49, 0.45, 1.0),
    "fairface": (0.49, 0.45, 0.92),
}
"""Median square of each data set's detections: centre x and y, and side, as shares of the picture's
side. Stands in where the detector finds no face."""


def typical_square(source: str, side: int) -> Square:
    """Where a face of this data set mostly is, in a picture of `side` pixels."""
    x, y, width = TYPICAL[source]
    return Square(x * side, y * side, width * side)


def find_square(detector: Detector, image: Grey, otherwise: Square) -> Square:
    """The square, without margin, around the largest face of a picture."""
    faces = detector.detect(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
    if not faces:
        return otherwise
    largest = max(faces, key=lambda face: float(face.box[2]))
    return face_square(largest.box, margin=0.0, roll=largest.roll)


def frame(source: str, records: Sequence[Record], detector: Detector) -> NDArray[np.float32]:
    """The squares of a data set's faces, `(n, 4)`: centre x and y, side, roll."""
    squares = []
    for record in tqdm(records, desc=f"framing {source}", unit="face", mininterval=1):
        square = find_square(detector, record.image, typical_square(source, len(record.image)))
        squares.append((square.x, square.y, square.side, square.roll))
    return np.array(squares, dtype=np.float32)


def load_faces(data_sets: Iterable[str], folder: Path, cache: Path) -> Faces:
    """Reads and frames data sets; each is framed once and then kept in the cache folder."""
    return Faces.join([_load(name, folder, cache / f"{name}.npz") for name in data_sets])


def _load(source: str, folder: Path, cached: Path) -> Faces:
    if not cached.is_file():
        # Imported here: only a first run needs the detector's file.
        from face_utils.detectors.blazeface import BlazeFace

        records = list(tqdm(read(source, folder), desc=f"reading {source}", unit="face"))
        squares = frame(source, records, BlazeFace(DETECTOR_FILE))
        Faces.build(source, records, squares).save(cached)
    return Faces.load(cached)
