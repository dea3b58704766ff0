"""Square, upright face crops for all models.

Training, serving and the page's own detection all crop a face with `face_square`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray

GreyCrop = NDArray[np.uint8]
"""A face, `(size, size)` uint8 grey."""


_GREY_AXES = 2


@dataclass(frozen=True)
class Square:
    """A rotated square in an image.

    Attributes:
        x: Centre, pixels from the left.
        y: Centre, pixels from the top.
        side: Length of a side in pixels.
        roll: Clockwise rotation of the square in degrees.
    """

    x: float
    y: float
    side: float
    roll: float = 0.0


def face_square(box: FloatArray, margin: float, roll: float = 0.0) -> Square:
    """The square around a face box, widened on each side by `margin` of its longer side.

    Args:
        box: `(4,)` `[x, y, w, h]` pixels.
        margin: Share of the longer side that is added on each side.
        roll: Tilt of the face in degrees; the square has the same rotation.
    """
    x, y, w, h = (float(v) for v in box)
    return Square(x + w / 2, y + h / 2, max(w, h) * (1 + 2 * margin), roll)


def crop(image: NDArray[np.uint8], square: Square, size: int) -> GreyCrop:
    """Cuts a square out of an image, upright and scaled to `size`.

    Pixels outside of the image repeat its edge, so that the face keeps its position and its
    proportions. Shrinking averages over areas to avoid aliasing.

    Args:
        image: `(h, w, 3)` blue, green, red or `(h, w)` grey, uint8.
        square: What to cut out, in pixels of `image`.
        size: Side of the result in pixels.
    """
    native = max(size, min(round(square.side), 4 * size))
    patch = cv2.warpAffine(
        image,
        _to_patch(square, native),
        (native, native),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY) if patch.ndim > _GREY_AXES else patch
    if native == size:
        return np.asarray(grey, dtype=np.uint8)
    shrunk = cv2.resize(grey, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, dtype=np.uint8)


def _to_patch(square: Square, native: int) -> FloatArray:
    """The 2 by 3 matrix that maps the square to an upright patch of `native` pixels.

    Pixel centres have half coordinates in the square's geometry, and whole ones in OpenCV's.
    """
    scale = native / max(square.side, 1e-6)
    angle = np.radians(square.roll)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    shift = native / 2 - turn @ [square.x - 0.5, square.y - 0.5] - 0.5
    return np.column_stack([turn, shift]).astype(np.float32)
