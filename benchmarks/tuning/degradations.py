"""Degradations: what a webcam does to a face, and the quality measure that should detect it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.tuning.camera_simulation import LOW_LIGHT_NOISE, NOISE
from face_utils import quality
from face_utils.cropping import GreyCrop
from serving.training.faces import Grey

Square = NDArray[np.float32]
"""`(4,)` centre x and y, side and roll, as in `Faces`."""

Degrade = Callable[[Grey, Square, float], tuple[Grey, Square]]
"""Returns the degraded image and its square, from an image, its square and an amount."""


@dataclass(frozen=True)
class Degradation:
    """One way to degrade an image.

    Attributes:
        name: What happens to the face.
        constant: The bound of the quality check that should detect it.
        degrade: Applies it.
        mild: Smallest amount.
        harsh: Largest amount.
        measure: The bounded measure of the 48-pixel crop; None for the face's side in pixels.
        noise: Standard deviation of the sensor's noise afterwards, in grey levels.
    """

    name: str
    constant: str
    degrade: Degrade
    mild: float
    harsh: float
    measure: Callable[[GreyCrop], float] | None
    noise: float = NOISE

    def value(self, crop: GreyCrop, square: Square) -> float:
        """Returns the quality measure of a face."""
        return float(square[2]) if self.measure is None else self.measure(crop)

    @property
    def bound(self) -> float:
        """The bound in the code."""
        return float(getattr(quality, self.constant))

    @property
    def refuses_below(self) -> bool:
        """Whether the quality check refuses faces below the bound, rather than above it."""
        return self.constant not in {"MAX_OVEREXPOSED", "BRIGHTEST_SHADOWS"}


def shrink(image: Grey, square: Square, side: float) -> tuple[Grey, Square]:
    """Makes the face `side` pixels wide, but never larger than it is."""
    factor = min(1.0, side / float(square[2]))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    factor = len(small) / len(image)
    return _grey(small), np.array([*(square[:3] * factor), square[3]], dtype=np.float32)


def expose(image: Grey, square: Square, light: float) -> tuple[Grey, Square]:
    """Multiplies the light and clips to white."""
    return _grey(cv2.convertScaleAbs(image, alpha=light)), square


def veil(image: Grey, square: Square, contrast: float) -> tuple[Grey, Square]:
    """Adds a white veil that leaves a share of the contrast."""
    return _grey(cv2.convertScaleAbs(image, alpha=contrast, beta=255 * (1 - contrast))), square


def defocus(image: Grey, square: Square, sigma: float) -> tuple[Grey, Square]:
    """Applies a Gaussian blur whose sigma is in sides of the face."""
    return _grey(cv2.GaussianBlur(image, (0, 0), sigma * float(square[2]))), square


def _grey(image: object) -> Grey:
    """Narrows the result of an OpenCV function, which has no exact type."""
    return np.asarray(image, dtype=np.uint8)


DEGRADATIONS = (
    Degradation("further away", "MIN_SIDE", shrink, 64, 10, None),
    Degradation(
        "less light", "DARKEST_HIGHLIGHTS", expose, 0.6, 0.06, quality.highlights, LOW_LIGHT_NOISE
    ),
    Degradation("too much light", "MAX_OVEREXPOSED", expose, 1.0, 3.0, quality.overexposed),
    Degradation("white veil", "BRIGHTEST_SHADOWS", veil, 0.8, 0.05, quality.shadows),
    Degradation("out of focus", "MIN_SHARPNESS", defocus, 0.005, 0.06, quality.sharpness),
)
