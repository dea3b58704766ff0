"""Interface of face detectors, and a pool that threads share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray

Image = NDArray[np.uint8]
"""An image, `(height, width, 3)` uint8 in OpenCV's order blue, green, red."""

GreyImage = NDArray[np.uint8]
"""An image, `(height, width)` uint8 grey."""

LANDMARKS = ("right_eye", "left_eye", "nose", "mouth")
"""Order of the landmark rows; right and left are the person's own."""


@dataclass(frozen=True, eq=False)
class Detection:
    """One face in one frame.

    Example:
        >>> Detection(np.array([50, 100, 80, 80], np.float32), score=0.9).roll
        0.0

    Attributes:
        box: `(4,)` float32 `[x, y, w, h]` in pixels of the frame, as large as BlazeFace's boxes.
        score: Confidence of the detector, 0 to 1.
        landmarks: `(4, 2)` float32 pixels in the order of `LANDMARKS`, or None if the detector
            does not find any.
    """

    box: FloatArray
    score: float
    landmarks: FloatArray | None = None

    @property
    def roll(self) -> float:
        """Angle of the line through the eyes in degrees, positive when it falls to the right."""
        if self.landmarks is None:
            return 0.0
        dx, dy = self.landmarks[1] - self.landmarks[0]
        return float(np.degrees(np.arctan2(dy, dx)))


class Detector(Protocol):
    """Finds the faces of an image."""

    name: str

    def prepare(self) -> None:
        """Loads what the first search would have to load. Calling it again does nothing."""
        ...

    def detect(self, image: Image) -> list[Detection]:
        """Returns the faces of an image, the best score first."""
        ...


class DetectorPool:
    """Lends each caller its own detector, and builds another one when all are in use.

    OpenCV's cascades keep state during a search, so two threads in one detector would read each
    other's images.
    """

    def __init__(self, build: Callable[[], Detector]) -> None:
        self._build = build
        self._idle: deque[Detector] = deque([build()])
        self.name = self._idle[0].name

    def prepare(self) -> None:
        """Prepares the first detector."""
        for detector in self._idle:
            detector.prepare()

    def detect(self, image: Image) -> list[Detection]:
        """Returns the faces of an image, the best score first."""
        try:
            detector = self._idle.pop()
        except IndexError:
            detector = self._build()
        try:
            return detector.detect(image)
        finally:
            self._idle.append(detector)
