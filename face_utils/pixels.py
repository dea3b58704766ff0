"""Converts decoded pixels of any kind to 8 bits, opaque and upright."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from face_utils.detection import Image
from face_utils.pixel_metadata import PixelMetadata

Pixels = NDArray[Any]

BACKGROUND = 128
"""Grey level behind transparent pixels. Mid-grey is within every bound of the quality check."""

_DEPTHS = (10, 12, 14, 16)
_MIRROR, _TURN_OVER = 1, 0
_FLIPS = {2: _MIRROR, 4: _TURN_OVER, 5: _TURN_OVER, 7: _TURN_OVER}
_TURNS = {
    3: cv2.ROTATE_180,
    5: cv2.ROTATE_90_CLOCKWISE,
    6: cv2.ROTATE_90_CLOCKWISE,
    7: cv2.ROTATE_90_COUNTERCLOCKWISE,
    8: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def as_frame(pixels: Pixels, metadata: PixelMetadata) -> Image:
    """Converts pixels to what people see, with `BACKGROUND` behind transparent ones.

    Args:
        pixels: `(h, w)`, `(h, w, 3)` or `(h, w, 4)`, uint8 or uint16, as OpenCV decodes them.
        metadata: Metadata of their file.

    Returns:
        `(h, w, 3)` uint8: blue, green, red.
    """
    if metadata.transparent_grey is not None and pixels.ndim == 2:
        pixels = _with_alpha(pixels, _scaled(metadata.transparent_grey, metadata.depth))
    if pixels.dtype == np.uint16:
        pixels = _to_eight_bits(pixels, metadata.significant_bits)
    return _upright(_opaque(pixels), metadata.orientation)


def _scaled(value: int, depth: int) -> int:
    """Scales a value of 1, 2 or 4 bits to 8 bits, as OpenCV does."""
    return value if depth >= 8 else value * 255 // ((1 << depth) - 1)


def _with_alpha(grey: Pixels, transparent: int) -> Pixels:
    opaque = np.iinfo(grey.dtype).max
    alpha = np.where(grey == transparent, 0, opaque).astype(grey.dtype)
    return np.dstack([grey, grey, grey, alpha])


def _to_eight_bits(pixels: Pixels, significant_bits: int | None) -> Pixels:
    """Reduces 16 bits per channel to 8.

    Cameras store 10-bit values in 16 bits without scaling, and often only the range of the values
    shows it. The smallest depth that holds the largest value is taken as the real one.
    """
    depths = (significant_bits,) if significant_bits else _DEPTHS
    if pixels.ndim == 2 or pixels.shape[2] == 3:
        return _reduce(pixels, _bits(pixels, depths))
    colour, alpha = pixels[..., :3], pixels[..., 3]
    bits = _bits(colour, depths)
    return np.dstack([_reduce(colour, bits), _reduce(alpha, _bits(alpha, (bits,)))])


def _bits(values: Pixels, depths: tuple[int, ...]) -> int:
    largest = int(values.max())
    return next((bits for bits in depths if largest < 1 << bits), 16)


def _reduce(values: Pixels, bits: int) -> Image:
    return (values >> (bits - 8) if bits > 8 else values << (8 - bits)).astype(np.uint8)


def _opaque(pixels: Pixels) -> Image:
    if pixels.ndim == 2:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    if pixels.shape[2] == 3:
        return np.asarray(pixels, np.uint8)
    colour, alpha = cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), pixels[..., 3]
    if int(alpha.min()) == 255:
        return np.asarray(colour, np.uint8)
    cover = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    shown = cv2.multiply(colour, cover, scale=1 / 255)
    behind = cv2.multiply(cv2.bitwise_not(cover), (BACKGROUND,) * 4, scale=1 / 255)
    return np.asarray(cv2.add(shown, behind), np.uint8)


def _upright(image: Image, orientation: int) -> Image:
    if orientation in _FLIPS:
        image = np.asarray(cv2.flip(image, _FLIPS[orientation]), np.uint8)
    if orientation in _TURNS:
        image = np.asarray(cv2.rotate(image, _TURNS[orientation]), np.uint8)
    return image
