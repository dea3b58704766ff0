"""Frames with red squares for faces, and a detector that finds these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detection import Image
from face_utils.picture import Picture
from face_utils.search.canvas_detector import Thresholds

RED = (40, 40, 230)
GREY = 120


def draw(width: int, height: int, boxes: Sequence[Sequence[float]]) -> Image:
    """A grey frame with a red square in each `[x, y, w, h]`."""
    image = np.full((height, width, 3), GREY, np.uint8)
    for box in boxes:
        x, y, w, h = (round(value) for value in box)
        cv2.rectangle(image, (x, y), (x + w - 1, y + h - 1), RED, cv2.FILLED)
    return image


class DrawnFaceDetector:
    """Finds red squares; the smaller they are in a canvas, the lower is their score.

    Attributes:
        canvases: Height and width of each canvas so far.
        lowered: What is taken off every score.
    """

    thresholds = Thresholds(photo=0.7, sure=0.8, again=0.7, known=0.5)

    def __init__(self) -> None:
        self.canvases: list[tuple[int, int]] = []
        self.lowered = 0.0

    def look(self, canvas: Image, threshold: float) -> FloatArray:
        """Returns candidates, one for each square."""
        self.canvases.append((canvas.shape[0], canvas.shape[1]))
        red = (canvas[..., 2] > 180) & (canvas[..., 0] < 90)
        count, _, stats, _ = cv2.connectedComponentsWithStats(red.astype(np.uint8))
        rows = [row for box in stats[1:count, :4] if (row := self._row(box))[12] >= threshold]
        return np.array(rows, np.float32).reshape(-1, 13)

    def locate(self, picture: Picture, faces: FloatArray) -> FloatArray:
        """Returns the faces as they are."""
        return faces

    def _row(self, box: FloatArray) -> list[float]:
        x, y, w, h = (float(value) for value in box)
        score = min(0.95, min(w, h) / 16) - self.lowered
        return [x, y, w, h, *(x + w / 2, y + h / 2) * 4, score]


@dataclass(frozen=True, eq=False)
class Known:
    """A face that is followed.

    Attributes:
        id: Id of its track.
        box: `(4,)` where it is expected.
    """

    id: int
    box: FloatArray
