"""Draws frames: people at a place and size in front of a background, noise, and JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.detection.people import Person
from face_utils.boxes import FloatArray
from face_utils.detection import Image

JPEG = (cv2.IMWRITE_JPEG_QUALITY, 80)
"""The quality with which the page sends frames."""
ROOMS = 10
BOX_HEIGHT = 0.85
"""Height of Mien's own boxes, in heights of the face from forehead to chin."""
_FIELD_SIDE = 2048
_HALF_WIDTH, _ABOVE, _BELOW = 1.3, 1.1, 1.6
"""Extent of head and shoulders around the centre of the face, in heights of the face."""


@dataclass(frozen=True)
class Window:
    """A part of a frame: left, top, width and height in pixels."""

    x: int
    y: int
    width: int
    height: int


def background(width: int, height: int, seed: int = 0) -> Image:
    """A room out of focus: soft patches of colour with some texture, and no face."""
    return _room(width, height, seed % ROOMS).copy()


@lru_cache
def _room(width: int, height: int, seed: int) -> Image:
    rng = np.random.default_rng(seed)
    grey, tint = rng.integers(70, 180, (6, 9, 1)), rng.integers(-20, 20, (6, 9, 3))
    small = (grey + tint).astype(np.uint8)
    soft = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    texture = cv2.GaussianBlur(rng.normal(0, 18, (height, width, 1)).astype(np.float32), (0, 0), 2)
    return np.asarray(np.clip(soft + 3 * texture[..., None], 0, 255), np.uint8)


def place(
    canvas: Image,
    person: Person,
    time: float,
    centre: tuple[float, float],
    face_height: float,
    window: Window | None = None,
) -> FloatArray:
    """Draws a person into a frame.

    Args:
        canvas: The frame; it is changed.
        person: The person.
        time: Time in the person's clip, in seconds.
        centre: Centre of the face in the frame.
        face_height: Height of the face in pixels.
        window: The person's own picture fills this part of the frame, as in a video call. Without
            it only head and shoulders are drawn, with a soft edge.

    Returns:
        `(4,)` the face in pixels of the frame.
    """
    image, box = person.at(time)
    scale = face_height / float(box[3])
    left, top = centre - scale * (box[:2] + box[2:] / 2)
    matrix = np.array([[scale, 0, left], [0, scale, top]], np.float32)
    source = cv2.GaussianBlur(image, (0, 0), 0.4 / scale) if scale < 0.6 else image
    area = window or _around(canvas, centre, face_height)
    matrix[:, 2] -= (area.x, area.y)
    size = area.width, area.height
    drawn = cv2.warpAffine(source, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    part = canvas[area.y : area.y + area.height, area.x : area.x + area.width]
    if window:
        part[:] = drawn
    else:
        mask = _soft_mask(area, centre, face_height)
        part[:] = (mask * drawn + (1 - mask) * part).astype(np.uint8)
    return np.array([*(scale * box[:2] + (left, top)), *(scale * box[2:])], np.float32)


def _around(canvas: Image, centre: tuple[float, float], face: float) -> Window:
    """The part of a frame with head and shoulders."""
    height, width = canvas.shape[:2]
    x, right = np.clip([centre[0] - _HALF_WIDTH * face, centre[0] + _HALF_WIDTH * face], 0, width)
    y, bottom = np.clip([centre[1] - _ABOVE * face, centre[1] + _BELOW * face], 0, height)
    return Window(int(x), int(y), int(right) - int(x), int(bottom) - int(y))


def _soft_mask(area: Window, centre: tuple[float, float], face: float) -> NDArray[np.float32]:
    """1 at the face, 0 at the edge of head and shoulders, `(height, width, 1)`."""
    x = (np.arange(area.width) + area.x - centre[0]) / (_HALF_WIDTH * face)
    y = np.arange(area.height) + area.y - centre[1]
    y = np.where(y < 0, y / (_ABOVE * face), y / (_BELOW * face))
    distance = np.hypot(x[None, :], y[:, None])[..., None]
    return np.asarray(np.clip((1 - distance) / 0.25, 0, 1), np.float32)


def _grain(rng: Generator, canvas: Image, noise: float) -> NDArray[np.int16]:
    """A random part of a large field of noise, which is much faster than new noise."""
    height, width = canvas.shape[:2]
    y, x = rng.integers(0, _FIELD_SIDE - np.array([height, width]))
    return _noise_field(noise)[y : y + height, x : x + width]


@lru_cache
def _noise_field(noise: float) -> NDArray[np.int16]:
    rng = np.random.default_rng(0)
    return np.round(rng.normal(0, noise, (_FIELD_SIDE, _FIELD_SIDE, 3))).astype(np.int16)


def encode(canvas: Image, rng: Generator | None = None, noise: float = 2.0) -> bytes:
    """Encodes a frame as the page does, with a camera's noise if a generator is given."""
    if rng is not None:
        canvas = np.asarray(cv2.add(canvas, _grain(rng, canvas, noise), dtype=cv2.CV_8U), np.uint8)
    return bytes(cv2.imencode(".jpg", canvas, JPEG)[1])
