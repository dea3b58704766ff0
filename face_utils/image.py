"""Reads pictures from untrusted bytes, within limits."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from face_utils.containers import find_clutter, find_flaw
from face_utils.detection import Image
from face_utils.errors import BadImage, ImageTooLarge

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIDE = 16_384

# The pixel limit below is Mien's own and is asked before any pixel is decoded.
Pillow.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class ImageLimits:
    """What a client may send.

    Attributes:
        max_bytes: Size of the encoded picture.
        max_pixels: Width times height.
    """

    max_bytes: int
    max_pixels: int


def decode(data: bytes, limits: ImageLimits) -> Image:
    """Decodes a JPEG, PNG or WebP into blue, green, red.

    Only the header is read before the limits are asked, so that a small file which unfolds into
    a huge picture costs nothing.

    Returns:
        `(h, w, 3)` uint8.

    Raises:
        ImageTooLarge: More bytes or pixels than the limits allow.
        BadImage: No readable picture of one of the formats.
    """
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(f"The image has {len(data)} bytes; at most {limits.max_bytes} pass.")
    _refuse(find_clutter(data))
    kind, width, height = _read_header(data)
    if width * height > limits.max_pixels or max(width, height) > MAX_SIDE:
        raise ImageTooLarge(
            f"The image is {width} by {height} pixels; at most {limits.max_pixels} pass."
        )
    _refuse(find_flaw(kind, data, width, height))
    return _decode_pixels(data)


def _refuse(flaw: str | None) -> None:
    if flaw:
        raise BadImage(flaw)


def _read_header(data: bytes) -> tuple[str, int, int]:
    """Format, width and height, without decoding a pixel."""
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            return str(picture.format), picture.width, picture.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadImage("The data is no readable JPEG, PNG or WebP.") from error


def _decode_pixels(data: bytes) -> Image:
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise BadImage("The image cannot be decoded.") from error
    if image is None:
        raise BadImage("The image cannot be decoded.")
    return np.asarray(image, dtype=np.uint8)
