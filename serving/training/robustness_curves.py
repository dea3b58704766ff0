"""How a model's quality falls as its crops get worse, one property at a time."""

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
"""From picture, square, side of the crop and level to a crop."""

FACES = 600
"""Of each data set: a draw of the test faces, since there are many levels."""


@dataclass(frozen=True)
class Curve:
    """One way in which crops get worse.

    Attributes:
        title: What changes, with its unit.
        levels: The values that are measured.
        degrade: Cuts a crop at one level.
        scale: Scale of the levels in a picture, `linear` or `log`.
    """

    title: str
    levels: tuple[float, ...]
    degrade: Degrade
    scale: str = "linear"


def brightness(image: Grey, square: Square, size: int, factor: float) -> Grey:
    """Every grey level times a factor."""
    return np.clip(np.rint(crop(image, square, size) * factor), 0, 255).astype(np.uint8)


def blur(image: Grey, square: Square, size: int, percent: float) -> Grey:
    """Gaussian blur; its sigma in hundredths of the crop's side."""
    cut = crop(image, square, size)
    return cv2.GaussianBlur(cut, (0, 0), percent / 100 * size) if percent else cut


def rotation(image: Grey, square: Square, size: int, degrees: float) -> Grey:
    """A face that the detector took for upright though it is turned."""
    return crop(image, replace(square, roll=square.roll + degrees), size)


def face_size(image: Grey, square: Square, size: int, side: float) -> Grey:
    """A face that is `side` pixels wide in the frame."""
    small = crop(image, square, int(side))
    return crop(small, Square(side / 2, side / 2, side), size)


def jpeg(image: Grey, square: Square, size: int, quality: float) -> Grey:
    """A crop stored as JPEG."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    stored = cv2.imencode(".jpg", crop(image, square, size), flags)[1]
    return cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE)


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
"""Key under which a report has a curve's levels, beside the figures of each data set."""


def levels_and_lines(
    measured: dict[str, list[float]],
) -> tuple[list[float], dict[str, list[float]]]:
    """A report's curve: the levels, and by data set the figure at each."""
    lines = {source: values for source, values in measured.items() if source != LEVELS}
    return measured[LEVELS], lines


def degraded_crops(curve: Curve, level: float, faces: Faces, spec: ModelSpec) -> Crops:
    """The crops of the faces at one level, `(n, size, size, 1)` uint8."""
    crops = [
        curve.degrade(image, detected_square(square, spec.margin), spec.size, level)
        for image, square in zip(faces.images, faces.squares, strict=True)
    ]
    return np.stack(crops)[..., None]
