"""Accuracy of emotion, age and gender through the whole path, from an encoded frame on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import cv2
import numpy as np

from benchmarks.detection.canvas import encode
from benchmarks.detection.figure import Figure
from benchmarks.detection.people import Labels, read_faces
from benchmarks.detection.version import SeenFace, Version
from face_utils.detection import Image

FACES = 500
"""Faces per data set."""
SIDE, CANVAS = 200, (480, 640, 3)
GOAL = "within 0.5 points"
EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Shows validation faces of FER+, UTKFace and FairFace as photos."""
    emotions = [
        p["emotion"] == _emotion(row) for row, p in _predict(version, "ferplus", FACES // step)
    ]
    yield from _share("emotion, FER+", emotions)
    both = list(_predict(version, "utkface_rgb", FACES // step))
    yield from _share("gender, UTKFace", [p["gender"] == row["gender"] for row, p in both])
    errors = [abs(p["age"] - float(row["age"])) for row, p in both]
    yield Figure("age, UTKFace: mean error, years", f"{np.mean(errors):.2f}", "within 0.05")
    fairface = _predict(version, "fairface_rgb", FACES // step)
    yield from _share("gender, FairFace", [p["gender"] == row["gender"] for row, p in fairface])


def _share(name: str, right: list[bool]) -> Iterator[Figure]:
    yield Figure(f"{name}: judged", str(len(right)))
    yield Figure(f"{name}: right of the judged", f"{100 * np.mean(right):.1f} %", GOAL)


def _predict(version: Version, source: str, count: int) -> Iterator[tuple[Labels, dict[str, Any]]]:
    """Yields the labels and predictions of the faces that are judged."""
    known = (pair for pair in read_faces(source) if _is_known(source, pair[0]))
    for row, image in islice(known, count):
        faces = [face for face in version.photo(encode(_frame(image))) if face.predictions]
        if faces:
            yield row, _best(max(faces, key=lambda face: float(face.box[3])))


def _is_known(source: str, row: Labels) -> bool:
    if source == "ferplus":
        return _emotion(row) is not None
    return row.get("label_conflict", "0") == "0"


def _emotion(row: Labels) -> str | None:
    """The emotion with at least half of the votes, as FER+ counts them."""
    votes = {name: int(row[f"votes_{name}"]) for name in (*EMOTIONS, "unknown", "nf")}
    votes = {name: count for name, count in votes.items() if count > 1}
    best = max(votes, key=votes.__getitem__, default="nf")
    certain = best in EMOTIONS and 2 * votes[best] >= sum(votes.values())
    return best if certain else None


def _frame(image: Image) -> Image:
    """The face in the middle of a grey frame."""
    large = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    canvas = np.full(CANVAS, 110, np.uint8)
    top, left = (CANVAS[0] - SIDE) // 2, (CANVAS[1] - SIDE) // 2
    canvas[top : top + SIDE, left : left + SIDE] = large
    return canvas


def _best(face: SeenFace) -> dict[str, Any]:
    return {
        model: max(value, key=value.__getitem__) if isinstance(value, Mapping) else value
        for model, value in face.predictions.items()
    }
