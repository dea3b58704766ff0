"""Reads pictures from untrusted bytes, within limits."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from face_utils.decode_cost import decoding_work, describe_excess, find_unreadable_coding
from face_utils.detection import Image
from face_utils.errors import BadImage, ImageTooLarge
from face_utils.image_validation import check_body, check_header
from face_utils.pixel_metadata import read_metadata
from face_utils.pixels import Pixels, as_frame

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIDE = 16_384

_WITHOUT_ALPHA = {"JPEG", "MPO"}

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


@dataclass(frozen=True, eq=False)
class EncodedImage:
    """A picture within the limits, of which no pixel is decoded yet.

    Attributes:
        data: All of it.
        kind: Its format, as Pillow names it.
        width: Width in pixels as stored; EXIF data may turn the picture.
        height: Height in pixels as stored.
        work: Work of decoding it, as a share of what one frame may take.
    """

    data: bytes
    kind: str
    width: int
    height: int
    work: float

    def decode(self) -> Image:
        """The picture as people see it: upright, and before mid-grey where it is transparent.

        Returns:
            `(h, w, 3)` uint8: blue, green, red.

        Raises:
            BadImage: Its data are damaged.
        """
        if self.kind in _WITHOUT_ALPHA:
            return np.asarray(self._pixels(cv2.IMREAD_COLOR), np.uint8)  # Turned by OpenCV.
        pixels = self._pixels(cv2.IMREAD_UNCHANGED)
        return as_frame(pixels, read_metadata(self.kind, self.data))

    def _pixels(self, flags: int) -> Pixels:
        try:
            pixels = cv2.imdecode(np.frombuffer(self.data, np.uint8), flags)
        except cv2.error as error:
            raise BadImage("The image cannot be decoded.") from error
        if pixels is None:
            raise BadImage("The image cannot be decoded.")
        return np.asarray(pixels)


def decode(data: bytes, limits: ImageLimits) -> Image:
    """Decodes a JPEG, PNG or WebP.

    Returns:
        `(h, w, 3)` uint8: blue, green, red of the upright picture.

    Raises:
        ImageTooLarge: More bytes, pixels or work than the limits allow.
        BadImage: Not a readable picture of one of the formats.
    """
    return examine(data, limits).decode()


def examine(data: bytes, limits: ImageLimits) -> EncodedImage:
    """Reads all of a picture but its pixels, so that a small file which unfolds costs nothing.

    Raises:
        ImageTooLarge: More bytes, pixels or work than the limits allow.
        BadImage: Not a readable picture of one of the formats.
    """
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(f"The image has {len(data)} bytes; at most {limits.max_bytes} pass.")
    _refuse(check_header(data))
    kind, width, height = _read_header(data)
    _check_size(width, height, limits)
    return _check_content(data, kind, width, height, limits)


def _check_size(width: int, height: int, limits: ImageLimits) -> None:
    if width * height > limits.max_pixels:
        raise ImageTooLarge(
            f"The image is {width} by {height} pixels; at most {limits.max_pixels} pass."
        )
    if max(width, height) > MAX_SIDE:
        raise ImageTooLarge(
            f"The image is {width} by {height} pixels; its longer side may have {MAX_SIDE}."
        )


def _check_content(
    data: bytes, kind: str, width: int, height: int, limits: ImageLimits
) -> EncodedImage:
    try:
        _refuse(find_unreadable_coding(kind, data))
        work = decoding_work(kind, data, width, height, limits.max_pixels)
    except EOFError:
        raise BadImage(f"The {kind} is cut off.") from None
    if work > 1:
        raise ImageTooLarge(describe_excess(kind))
    _refuse(check_body(kind, data, width, height))
    return EncodedImage(data, kind, width, height, work)


def _refuse(flaw: str | None) -> None:
    if flaw:
        raise BadImage(flaw)


def _read_header(data: bytes) -> tuple[str, int, int]:
    """Format, width and height, without decoding a pixel."""
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            return str(picture.format), picture.width, picture.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadImage("Not a readable JPEG, PNG or WebP image.") from error
