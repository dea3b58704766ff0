"""Alignment: finds the face in every training image with the detector of the service.

Training and the service must crop a face alike. So each image gets the square that the project's
detector would cut. The images of the known data sets are portraits and stay as they are. Photos of
a custom model may show more than a face, so the face is cut out with its surroundings.
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
"""Median square of each data set's detections: centre x and y, and side, as shares of the image's
side. It is used where the detector finds no face."""

FACE_SIDE = 112
"""Side in pixels of the face in an image cut from a photo: enough for models of 96 pixels."""

CONTEXT = 2.0
"""Side of such an image in sides of the face, so that margins and jitter stay inside."""

MIN_FACES_PER_LABEL = 20
"""With fewer faces, the held-out or the test split may be empty."""


def typical_square(source: str, side: int) -> Square:
    """Usual square of a data set's faces, in an image with a side of `side` pixels."""
    x, y, width = TYPICAL[source]
    return Square(x * side, y * side, width * side)


def find_square(detector: Detector, image: Grey) -> Square | None:
    """Finds the square, without margin, around the largest face of an image."""
    faces = detector.detect(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
    if not faces:
        return None
    largest = max(faces, key=lambda face: float(face.box[2]))
    return face_square(largest.box, margin=0.0, roll=largest.roll)


def detect_squares(
    source: str, records: Sequence[Record], detector: Detector
) -> NDArray[np.float32]:
    """Finds the squares of a data set's faces, `(n, 4)`: centre x and y, side, roll."""
    squares = []
    for record in tqdm(records, desc=f"aligning {source}", unit="face", mininterval=1):
        square = find_square(detector, record.image)
        squares.append(square or typical_square(source, len(record.image)))
    return _rows(squares)


def crop_faces(source: str, records: Iterable[Record], detector: Detector) -> Faces:
    """Cuts out the largest face of each photo, and drops photos without a face.

    Raises:
        ValueError: A label has too few faces to train and evaluate.
    """
    read_images, kept, squares = Counter[str](), [], []
    for record in tqdm(records, desc=f"aligning {source}", unit="picture", mininterval=1):
        read_images[record.label] += 1
        square = find_square(detector, record.image)
        if square:
            image, within = crop_with_context(record.image, square)
            kept.append(replace(record, image=image))
            squares.append(within)
    _report(source, read_images, Counter(record.label for record in kept))
    return Faces.build(source, kept, _rows(squares))


def crop_with_context(image: Grey, square: Square) -> tuple[Grey, Square]:
    """Cuts out a face with its surroundings. Returns the image and the face's square in it."""
    side = round(FACE_SIDE * CONTEXT)
    around = Square(square.x, square.y, square.side * CONTEXT)
    return crop(image, around, side), Square(side / 2, side / 2, FACE_SIDE, square.roll)


def load_faces(data_sets: Iterable[str], folder: Path, cache: Path) -> Faces:
    """Reads and aligns data sets. Each is aligned once and then kept in the cache folder."""
    return Faces.join([_load(name, folder, cache / _file_name(name, folder)) for name in data_sets])


def _file_name(source: str, folder: Path) -> str:
    """File of the aligned faces. Custom pictures may have one name in several folders."""
    if source in TYPICAL:
        return f"{source}.npz"
    place = (folder / source).resolve()
    return f"{source}-{digest(bytes(place))}.npz"


def _load(source: str, folder: Path, cached: Path) -> Faces:
    if not _is_up_to_date(cached, folder / source):
        # Imported here, since only the first run needs the detector's file.
        from face_utils.detectors.blazeface import BlazeFace

        _align(source, read(source, folder), BlazeFace(DETECTOR_FILE)).save(cached)
    return Faces.load(cached)


def _align(source: str, records: Iterable[Record], detector: Detector) -> Faces:
    if source not in TYPICAL:
        return crop_faces(source, records, detector)
    known = list(tqdm(records, desc=f"reading {source}", unit="face"))
    return Faces.build(source, known, detect_squares(source, known, detector))


def _is_up_to_date(cached: Path, pictures: Path) -> bool:
    """Whether a folder of pictures is unchanged since its faces were aligned."""
    if not cached.is_file() or not pictures.is_dir():
        return cached.is_file()
    last = max(path.stat().st_ctime for path in (pictures, *pictures.rglob("*")))
    return last < cached.stat().st_mtime


def _rows(squares: Iterable[Square]) -> NDArray[np.float32]:
    rows = [(square.x, square.y, square.side, square.roll) for square in squares]
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def _report(source: str, read_images: Counter[str], found: Counter[str]) -> None:
    for label, count in sorted(read_images.items()):
        print(f"{source}/{label}: found a face in {found[label]} of {count} pictures")
    few = sorted(label for label in read_images if found[label] < MIN_FACES_PER_LABEL)
    if few:
        raise ValueError(
            f"{source}: too few faces for {', '.join(few)}. Each label needs "
            f"{MIN_FACES_PER_LABEL} faces or more."
        )
