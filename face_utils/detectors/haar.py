"""Haar cascade of OpenCV, for machines without any model file.

P. Viola and M. Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features", 2001. It
is slow and misses tilted heads. docs/explanation/decisions.md has the comparison.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from face_utils.detection import Detection, Image

MIN_SIDE = 40
_SCALE_STEP = 1.1
_MIN_NEIGHBOURS = 5
# Convert the cascade's boxes to BlazeFace's size: medians over 628 faces of the training data.
_SIDE = 0.91
_DOWN = 0.046


class Haar:
    """Face detector for upright frontal faces, without landmarks."""

    name = "haar"

    def __init__(self) -> None:
        cascades = Path(cv2.__file__).parent / "data"
        self._cascade = cv2.CascadeClassifier(str(cascades / "haarcascade_frontalface_default.xml"))

    def prepare(self) -> None:
        """Does nothing: the cascade is loaded already."""

    def detect(self, image: Image) -> list[Detection]:
        """Returns the faces of an image, the largest first; every score is 1."""
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        boxes = self._cascade.detectMultiScale(
            grey, _SCALE_STEP, _MIN_NEIGHBOURS, minSize=(MIN_SIDE, MIN_SIDE)
        )
        return [_to_detection(*box) for box in sorted(boxes, key=lambda box: -box[2])]


def _to_detection(x: int, y: int, w: int, h: int) -> Detection:
    side = _SIDE * w
    corner = x + w / 2 - side / 2, y + h / 2 + _DOWN * w - side / 2
    return Detection(np.array([*corner, side, side], dtype=np.float32), 1.0)
