"""Real scenes: faces found by size, and false alarms.

The validation rows of `scenes.zip`, which no detector of Mien was trained on. Nobody has marked
their faces. YuNet, at a larger size, says which faces there are.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.detection.matching import BIN_NAMES, Tally
from benchmarks.detection.reference import CONFIRMED_SCORE, FACE_SCORE, YUNET, reference_faces
from benchmarks.markdown import Row
from face_utils.boxes import FloatArray
from face_utils.detection import Detection, Image
from serving.training.run_dir import DATA

SIDES = {"flickr8k": 560, "wider": 800}
"""Side to which the images of each set are scaled, in pixels: a webcam's size."""

Detect = Callable[[Image], list[Detection]]


@dataclass(frozen=True, eq=False)
class Scene:
    """An image and its faces.

    Attributes:
        image: The image.
        faces: `(n, 5)` faces as YuNet finds them: `x, y, w, h, score`.
    """

    image: Image
    faces: FloatArray

    def with_score(self, lowest: float) -> FloatArray:
        """Boxes of the faces that have at least a score, `(n, 4)`."""
        return self.faces[self.faces[:, 4] >= lowest, :4]


def load_scenes(data: Path = DATA, yunet: Path = YUNET, split: str = "val") -> list[Scene]:
    """Loads the scenes of a split. The first call takes a minute and a half.

    Args:
        data: Folder of the data sets.
        yunet: YuNet's model file.
        split: `val` or `train`.
    """
    images = list(_read(data / "scenes.zip", split))
    return [Scene(*pair) for pair in zip(images, reference_faces(images, yunet), strict=True)]


def _read(file: Path, split: str) -> Iterable[Image]:
    with zipfile.ZipFile(file) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        for row in rows:
            if row["split"] == split:
                data = np.frombuffer(archive.read(row["file"]), np.uint8)
                image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
                scale = SIDES[row["set"]] / max(image.shape)
                scaled = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
                yield np.asarray(scaled, np.uint8)


def evaluate(detect: Detect, scenes: Sequence[Scene] | None = None) -> Tally:
    """Counts the found faces and the false alarms of a detector.

    Args:
        detect: Finds the faces of an image.
        scenes: The scenes; the validation scenes by default.
    """
    return sweep(detect, [0.0], scenes)[0]


def sweep(
    detect: Detect, thresholds: Sequence[float], scenes: Sequence[Scene] | None = None
) -> list[Tally]:
    """Counts at several thresholds from one run of the detector at the lowest.

    Args:
        detect: Finds the faces of an image.
        thresholds: Lowest scores of a detection.
        scenes: The scenes; the validation scenes by default.

    Returns:
        One tally per threshold.
    """
    tallies = [Tally() for _ in thresholds]
    for scene in load_scenes() if scenes is None else scenes:
        found = detect(scene.image)
        faces, confirmed = scene.with_score(FACE_SCORE), scene.with_score(CONFIRMED_SCORE)
        for threshold, tally in zip(thresholds, tallies, strict=True):
            boxes = [each.box for each in found if each.score >= threshold]
            array = np.array(boxes, np.float32).reshape(-1, 4)
            tally.add(array, faces, confirmed, max(scene.image.shape))
    return tallies


def to_row(tally: Tally) -> Row:
    """Formats a tally as a row of a table."""
    counts = zip(BIN_NAMES, tally.found, tally.total, strict=True)
    row: Row = {name: f"{found} of {total}" for name, found, total in counts}
    return row | {"false alarms": tally.false_alarms}
