"""Robustness curves: a model's quality as one property of its crops gets worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from face_utils.cropping import Square, crop
from face_utils.model_spec import ModelSpec
from serving.training.augmentation import detected_square
from serving.training.batches import Crops
from serving.training.faces import Faces, Grey

Degrade = Callable[[Grey, Square, int, float], Grey]
"""Cuts a degraded crop from an image, a square, the side of the crop and a level."""

FACES = 600
"""Test faces drawn per data set; fewer than all, since there are many levels."""


@dataclass(frozen=True)
class Curve:
    """One property that is varied.

    Attributes:
        title: The property and its unit.
        levels: The measured values.
        degrade: Cuts a crop at one level.
        scale: Scale of the levels in a plot, `linear` or `log`.
    """

    title: str
    levels: tuple[float, ...]
    degrade: Degrade
    scale: str = "linear"


def brightness(image: Grey, square: Square, size: int, factor: float) -> Grey:
    """Multiplies every grey level by a factor."""
    scaled = np.rint(crop(image, square, size) * factor)
    return np.asarray(np.clip(scaled, 0, 255), dtype=np.uint8)


def blur(image: Grey, square: Square, size: int, percent: float) -> Grey:
    """Applies a Gaussian blur whose sigma is in percent of the crop's side."""
    cut = crop(image, square, size)
    if not percent:
        return cut
    return np.asarray(cv2.GaussianBlur(cut, (0, 0), percent / 100 * size), dtype=np.uint8)


def rotation(image: Grey, square: Square, size: int, degrees: float) -> Grey:
    """Rotates a face that the detector took for upright."""
    return crop(image, replace(square, roll=square.roll + degrees), size)


def face_size(image: Grey, square: Square, size: int, side: float) -> Grey:
    """Shrinks the face to `side` pixels and scales it up again."""
    small = crop(image, square, int(side))
    return crop(small, Square(side / 2, side / 2, side), size)


def jpeg(image: Grey, square: Square, size: int, quality: float) -> Grey:
    """Compresses the crop as JPEG."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    stored = cv2.imencode(".jpg", crop(image, square, size), flags)[1]
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


CURVES = {
    "brightness": Curve(
        "brightness, times", (0.05, 0.1, 0.2, 0.4, 1, 1.5, 2, 3), brightness, "log"
    ),
    "blur": Curve("blur, sigma in % of the face", (0, 1, 2, 3, 4, 6, 8), blur),
    "rotation": Curve("rotation, degrees", (-60, -45, -30, -15, 0, 15, 30, 45, 60), rotation),
    "size": Curve("face size, pixels", (8, 12, 16, 24, 32, 48, 64, 96), face_size, "log"),
    "jpeg": Curve("JPEG quality", (5, 10, 20, 30, 50, 70, 90), jpeg),
}


LEVELS = "levels"
"""Key of a curve's levels in a report, next to the values of each data set."""


def levels_and_lines(
    measured: dict[str, list[float]],
) -> tuple[list[float], dict[str, list[float]]]:
    """Splits a curve of a report into its levels and its values by data set."""
    lines = {source: values for source, values in measured.items() if source != LEVELS}
    return measured[LEVELS], lines


def degraded_crops(curve: Curve, level: float, faces: Faces, spec: ModelSpec) -> Crops:
    """The crops of the faces at one level, `(n, size, size, 1)` uint8."""
    crops = [
        curve.degrade(image, detected_square(square, spec.margin), spec.size, level)
        for image, square in zip(faces.images, faces.squares, strict=True)
    ]
    return np.stack(crops)[..., None]
