"""Rotation of frames from a camera that is mounted turned."""

from __future__ import annotations

from typing import Literal, get_args

import cv2
import numpy as np

from face_utils.detection import Image

Rotation = Literal[0, 90, 180, 270]
"""Degrees clockwise that make a frame upright."""

ROTATIONS: tuple[Rotation, ...] = get_args(Rotation)

_CODES = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def rotate_image(image: Image, rotation: Rotation) -> Image:
    """Rotates an image clockwise.

    Example:
        >>> rotate_image(np.zeros((480, 640, 3), np.uint8), 90).shape
        (640, 480, 3)

    Args:
        image: `(height, width, 3)` or `(height, width)` uint8.
        rotation: Degrees clockwise; 0 returns `image` itself.
    """
    if rotation == 0:
        return image
    return np.asarray(cv2.rotate(image, _CODES[rotation]), dtype=np.uint8)
