"""What a webcam can do to a face, and the measure by which the quality gate notices it."""

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


@dataclass(frozen=True)
class Degradation:
    """One way to spoil a picture.

    Attributes:
        name: What is done to it.
        constant: The gate's bound that should notice.
        degrade: Gives the picture and its square, so much spoilt.
        mild: The mildest amount.
        harsh: The harshest amount.
        measure: What the bound is on, from the 48-pixel crop; None for the face's side in pixels.
        noise: Standard deviation of the sensor's noise afterwards, in grey levels.
    """

    name: str
    constant: str
    degrade: Callable[[Grey, Square, float], tuple[Grey, Square]]
    mild: float
    harsh: float
    measure: Callable[[GreyCrop], float] | None
    noise: float = NOISE

    def value(self, crop: GreyCrop, square: Square) -> float:
        """The gate's measure of a face."""
        return float(square[2]) if self.measure is None else self.measure(crop)

    @property
    def bound(self) -> float:
        """The bound in the code."""
        return float(getattr(quality, self.constant))

    @property
    def refuses_below(self) -> bool:
        """Whether faces below the bound are refused, and not those above."""
        return self.constant not in {"MAX_BURNT", "BRIGHTEST_SHADOWS"}


def shrink(image: Grey, square: Square, side: float) -> tuple[Grey, Square]:
    """The face `side` pixels wide; never larger than it is."""
    share = min(1.0, side / float(square[2]))
    small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    share = len(small) / len(image)
    return small, np.array([*(square[:3] * share), square[3]], dtype=np.float32)


def expose(image: Grey, square: Square, light: float) -> tuple[Grey, Square]:
    """With so many times the light; what exceeds white is white."""
    return cv2.convertScaleAbs(image, alpha=light), square


def veil(image: Grey, square: Square, contrast: float) -> tuple[Grey, Square]:
    """Behind a white veil that leaves so much of the contrast."""
    return cv2.convertScaleAbs(image, alpha=contrast, beta=255 * (1 - contrast)), square


def defocus(image: Grey, square: Square, spread: float) -> tuple[Grey, Square]:
    """Blurred by a Gaussian of so many sides of the face."""
    return cv2.GaussianBlur(image, (0, 0), spread * float(square[2])), square


DEGRADATIONS = (
    Degradation("further away", "MIN_SIDE", shrink, 64, 10, None),
    Degradation(
        "less light", "DARKEST_HIGHLIGHTS", expose, 0.6, 0.06, quality.highlights, LOW_LIGHT_NOISE
    ),
    Degradation("too much light", "MAX_BURNT", expose, 1.0, 3.0, quality.overexposed),
    Degradation("white veil", "BRIGHTEST_SHADOWS", veil, 0.8, 0.05, quality.shadows),
    Degradation("out of focus", "MIN_SHARPNESS", defocus, 0.005, 0.06, quality.sharpness),
)
