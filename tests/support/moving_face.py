"""A simulated webcam: the astronaut of scikit-image, moved and zoomed."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

FACE_CENTRE = (225.0, 115.0)


def draw_face(step: float, width: int = 640, height: int = 480) -> NDArray[np.uint8]:
    """One frame of the film.

    Args:
        step: Place in the film's cycle, 0 to 1.
        width: Width in pixels.
        height: Height in pixels.

    Returns:
        `(height, width, 3)` uint8 blue, green, red.
    """
    angle = 2 * math.pi * step
    zoom = height / 480 * (1.6 + 0.2 * math.sin(angle))
    x = width / 2 + 0.06 * width * math.sin(angle)
    y = height / 2 + 0.04 * height * math.cos(angle)
    shift = x - zoom * FACE_CENTRE[0], y - zoom * FACE_CENTRE[1]
    matrix = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
    image = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR)  # type: ignore[no-untyped-call]
    moved = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def jpeg(step: float, width: int = 640, height: int = 480, quality: int = 80) -> bytes:
    """One frame of the film as a JPEG."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
    return bytes(cv2.imencode(".jpg", draw_face(step, width, height), flags)[1])


def film(frames: int, width: int = 640, height: int = 480) -> list[bytes]:
    """One cycle of the film as JPEGs."""
    return [jpeg(i / frames, width, height) for i in range(frames)]


def write_mjpeg(path: Path, frames: int = 60) -> None:
    """Writes a cycle in the form that Chromium plays as a camera: JPEGs, one after the other."""
    path.write_bytes(b"".join(film(frames)))
