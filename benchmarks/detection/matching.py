"""Matches detected boxes with the faces that are there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray, iou

SAME_FACE = 0.3
"""IoU from which a box and a face are the same. Detectors frame a face differently: from forehead
to chin, or with the hair."""

SIZE_BINS = (4.0, 8.0, 15.0, 30.0)
"""Lower bounds of the size bins, in % of the image's longer side. Smaller faces do not count."""
BIN_NAMES = ("4-8 %", "8-15 %", "15-30 %", "over 30 %")


def covered(faces: FloatArray, boxes: FloatArray) -> NDArray[np.bool_]:
    """Returns for each of `(n, 4)` faces whether one of `(m, 4)` boxes shows it, `(n,)`."""
    if not len(faces) or not len(boxes):
        return np.zeros(len(faces), bool)
    return np.asarray(iou(faces, boxes).max(axis=1) >= SAME_FACE)


def size_bins(faces: FloatArray, longer_side: float) -> NDArray[np.intp]:
    """Returns the size bin of each face, `(n,)`; -1 for a face below the smallest bound."""
    sizes = faces[:, 2:4].max(axis=1) / longer_side * 100
    return np.asarray(np.digitize(sizes, SIZE_BINS) - 1, np.intp)


@dataclass
class Tally:
    """Faces found and boxes without a face, summed over images.

    Attributes:
        found: Found faces by size bin.
        total: Faces by size bin.
        false_alarms: Boxes that show no face.
    """

    found: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(SIZE_BINS), np.int64))
    total: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(SIZE_BINS), np.int64))
    false_alarms: int = 0

    def add(
        self, boxes: FloatArray, faces: FloatArray, confirmed: FloatArray, longer_side: float
    ) -> None:
        """Adds an image.

        Args:
            boxes: `(n, 4)` what the detector found.
            faces: `(m, 4)` the faces that it should find.
            confirmed: `(k, 4)` everything that may be a face. Other boxes are false alarms.
            longer_side: Longer side of the image in pixels.
        """
        bins = size_bins(faces, longer_side)
        hits = covered(faces, boxes)
        for bin_ in range(len(SIZE_BINS)):
            self.total[bin_] += np.count_nonzero(bins == bin_)
            self.found[bin_] += np.count_nonzero(hits & (bins == bin_))
        self.false_alarms += len(boxes) - int(np.count_nonzero(covered(boxes, confirmed)))
