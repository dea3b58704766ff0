"""Finds the face in every training picture with the detector that also serves.

Training and serving must frame a face alike, so each picture gets the square that the project's
detector would cut out of it. The pictures of the known data sets are portraits and stay as they
are. Photos of one's own may show more than a face, which is cut out with its surroundings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from face_utils.cropping import Square, crop, face_square
from face_utils.detection import Detector
from serving.training.faces import Faces, Grey, Record
from serving.training.readers import read
from serving.training.readers.labels import digest

DETECTOR_FILE = Path("static/vendor/face_detection_full_range.tflite")

TYPICAL = {
    "ferplus": (0.5, 0.54, 0.89),
    "utkface": (0.49, 0.45, 1.0),
    "fairface": (0.49, 0.45, 0.92),
}
"""Median square of each data set's detections: centre x and y, and side, as shares of the picture's
side. Stands in where the detector finds no face."""

FACE_SIDE = 112
"""Side in pixels of the face in a picture that was cut out of a photo: enough for models of 96."""

ROOM = 2.0
"""Side of such a picture in sides of the face, so that margins and jitter stay inside."""

FEWEST_FACES = 20
"""Per label; with fewer, the held-out or the tested share may well have none."""


def typical_square(source: str, side: int) -> Square:
    """Where a face of this data set mostly is, in a picture of `side` pixels."""
    x, y, width = TYPICAL[source]
    return Square(x * side, y * side, width * side)


def find_square(detector: Detector, image: Grey) -> Square | None:
    """The square, without margin, around the largest face of a picture, if it has one."""
    faces = detector.detect(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
    if not faces:
        return None
    largest = max(faces, key=lambda face: float(face.box[2]))
    return face_square(largest.box, margin=0.0, roll=largest.roll)


def detect_squares(
    source: str, records: Sequence[Record], detector: Detector
) -> NDArray[np.float32]:
    """The squares of a data set's faces, `(n, 4)`: centre x and y, side, roll."""
    squares = []
    for record in tqdm(records, desc=f"framing {source}", unit="face", mininterval=1):
        square = find_square(detector, record.image)
        squares.append(square or typical_square(source, len(record.image)))
    return _rows(squares)


def crop_faces(source: str, records: Iterable[Record], detector: Detector) -> Faces:
    """The largest face of each photo; photos without one are left out, as the service would.

    Raises:
        ValueError: A label has too few faces to learn and to measure.
    """
    shown, kept, squares = Counter[str](), [], []
    for record in tqdm(records, desc=f"framing {source}", unit="picture", mininterval=1):
        shown[record.label] += 1
        square = find_square(detector, record.image)
        if square:
            image, within = crop_with_context(record.image, square)
            kept.append(replace(record, image=image))
            squares.append(within)
    _report(source, shown, Counter(record.label for record in kept))
    return Faces.build(source, kept, _rows(squares))


def crop_with_context(image: Grey, square: Square) -> tuple[Grey, Square]:
    """A face with room around it as a picture of its own, and the face's square in that."""
    side = round(FACE_SIDE * ROOM)
    around = Square(square.x, square.y, square.side * ROOM)
    return crop(image, around, side), Square(side / 2, side / 2, FACE_SIDE, square.roll)


def load_faces(data_sets: Iterable[str], folder: Path, cache: Path) -> Faces:
    """Reads and frames data sets; each is framed once and then kept in the cache folder."""
    return Faces.join([_load(name, folder, cache / _file_name(name, folder)) for name in data_sets])


def _file_name(source: str, folder: Path) -> str:
    """Of the framed faces; pictures of one's own may lie in several places under one name."""
    if source in TYPICAL:
        return f"{source}.npz"
    place = (folder / source).resolve()
    return f"{source}-{digest(bytes(place))}.npz"


def _load(source: str, folder: Path, cached: Path) -> Faces:
    if not _is_up_to_date(cached, folder / source):
        # Imported here: only a first run needs the detector's file.
        from face_utils.detectors.blazeface import BlazeFace

        _framed(source, read(source, folder), BlazeFace(DETECTOR_FILE)).save(cached)
    return Faces.load(cached)


def _framed(source: str, records: Iterable[Record], detector: Detector) -> Faces:
    if source not in TYPICAL:
        return crop_faces(source, records, detector)
    known = list(tqdm(records, desc=f"reading {source}", unit="face"))
    return Faces.build(source, known, detect_squares(source, known, detector))


def _is_up_to_date(cached: Path, pictures: Path) -> bool:
    """Whether nothing changed in a folder of one's own since its faces were framed."""
    if not cached.is_file() or not pictures.is_dir():
        return cached.is_file()
    last = max(path.stat().st_ctime for path in (pictures, *pictures.rglob("*")))
    return last < cached.stat().st_mtime


def _rows(squares: Iterable[Square]) -> NDArray[np.float32]:
    rows = [(square.x, square.y, square.side, square.roll) for square in squares]
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def _report(source: str, shown: Counter[str], found: Counter[str]) -> None:
    for label, count in sorted(shown.items()):
        print(f"{source}/{label}: a face in {found[label]} of {count} pictures")
    thin = sorted(label for label in shown if found[label] < FEWEST_FACES)
    if thin:
        raise ValueError(f"{source}: {', '.join(thin)} need {FEWEST_FACES} faces or more")
