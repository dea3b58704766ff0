"""Interface of detectors that can look at parts of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from face_utils.boxes import FloatArray
from face_utils.detection import Image
from face_utils.picture import Picture


@dataclass(frozen=True)
class Thresholds:
    """Lowest scores.

    Attributes:
        photo: Of a face of a photo.
        sure: Of a face that is new in a live frame, at first sight.
        again: Of a face that was not sure: mean of that look and a second, closer one.
        known: Of a face that is followed, or that may get a second look.
    """

    photo: float
    sure: float
    again: float
    known: float


@runtime_checkable
class CanvasDetector(Protocol):
    """A detector that can look at parts of a picture. Any number of threads may share it."""

    @property
    def thresholds(self) -> Thresholds:
        """Lowest scores of its faces."""
        ...

    def look(self, canvas: Image, threshold: float) -> FloatArray:
        """Returns `(n, 13)` candidates in pixels of the canvas."""
        ...

    def locate(self, picture: Picture, faces: FloatArray) -> FloatArray:
        """Returns `(n, 13)` faces of a frame with the landmarks that their pixels show."""
        ...
