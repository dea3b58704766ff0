"""Reads images from untrusted bytes, within limits."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.ImageFile import ImageFile

from face_utils.decode_cost import check_coding, decode_cost, explain_cost, read_segments
from face_utils.detection import GreyImage, Image
from face_utils.errors import BadImage, ImageTooLarge
from face_utils.image_validation import check_body, check_header
from face_utils.pixel_metadata import read_metadata
from face_utils.pixels import Pixels, as_frame

_PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Importing them adds their formats to Pillow's table."""

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIDE = 16_384

_WITHOUT_ALPHA = {"JPEG", "MPO"}


@dataclass(frozen=True)
class ImageLimits:
    """Limits of an encoded image.

    Example:
        >>> ImageLimits(max_bytes=1_000_000, max_pixels=1920 * 1080).max_pixels
        2073600

    Attributes:
        max_bytes: Largest size of the encoded image.
        max_pixels: Largest product of width and height.
    """

    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, eq=False)
class EncodedImage:
    """An image within the limits whose pixels are not decoded yet.

    Attributes:
        data: All of it.
        kind: Its format, as Pillow names it.
        width: Width in pixels as stored; EXIF data may rotate the image.
        height: Height in pixels as stored.
        cost: Cost of decoding it, as a share of the cost that one frame may have.
    """

    data: bytes
    kind: str
    width: int
    height: int
    cost: float

    def decode(self) -> Image:
        """The image as people see it: upright, with mid-grey behind transparent pixels.

        Returns:
            `(h, w, 3)` uint8: blue, green, red.

        Raises:
            BadImage: Its data are damaged.
        """
        if self.kind in _WITHOUT_ALPHA:
            return np.asarray(self._pixels(cv2.IMREAD_COLOR), np.uint8)  # Rotated by OpenCV.
        pixels = self._pixels(cv2.IMREAD_UNCHANGED)
        return as_frame(pixels, read_metadata(self.kind, self.data))

    def decode_grey(self) -> GreyImage | None:
        """The upright image in grey; None if that saves no time.

        Raises:
            BadImage: Its data are damaged.
        """
        if self.kind not in _WITHOUT_ALPHA:
            return None
        return np.asarray(self._pixels(cv2.IMREAD_GRAYSCALE), np.uint8)

    def decode_half(self) -> Image | None:
        """The upright image at half size, its sides rounded up; None if that saves no time.

        Raises:
            BadImage: Its data are damaged.
        """
        if self.kind not in _WITHOUT_ALPHA:
            return None
        return np.asarray(self._pixels(cv2.IMREAD_REDUCED_COLOR_2), np.uint8)

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
        `(h, w, 3)` uint8: blue, green, red of the upright image.

    Raises:
        ImageTooLarge: It exceeds the limits of bytes, pixels or decode cost.
        BadImage: Not a readable image of one of the formats.
    """
    return examine(data, limits).decode()


def examine(data: bytes, limits: ImageLimits) -> EncodedImage:
    """Reads everything except the pixels, so that a decompression bomb costs nothing.

    Raises:
        ImageTooLarge: It exceeds the limits of bytes, pixels or decode cost.
        BadImage: Not a readable image of one of the formats.
    """
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(
            f"The image has {len(data)} bytes. The limit is {limits.max_bytes} bytes."
        )
    _raise_if(check_header(data))
    kind, width, height = _read_header(data)
    _check_size(width, height, limits)
    return _check_content(data, kind, width, height, limits)


def _check_size(width: int, height: int, limits: ImageLimits) -> None:
    if width * height > limits.max_pixels:
        raise ImageTooLarge(
            f"The image is {width} by {height} pixels. The limit is {limits.max_pixels} pixels."
        )
    if max(width, height) > MAX_SIDE:
        raise ImageTooLarge(
            f"The image is {width} by {height} pixels. The limit of a side is {MAX_SIDE} pixels."
        )


def _check_content(
    data: bytes, kind: str, width: int, height: int, limits: ImageLimits
) -> EncodedImage:
    try:
        segments = read_segments(kind, data)
        _raise_if(check_coding(segments))
        cost = decode_cost(kind, data, segments, width, height, limits.max_pixels)
    except EOFError:
        raise BadImage(f"The {kind} is cut off.") from None
    if cost > 1:
        raise ImageTooLarge(explain_cost(kind))
    _raise_if(check_body(kind, data, width, height))
    return EncodedImage(data, kind, width, height, cost)


def _raise_if(problem: str | None) -> None:
    if problem:
        raise BadImage(problem)


def _read_header(data: bytes) -> tuple[str, int, int]:
    """Format, width and height, without decoding a pixel."""
    try:
        with _open(data) as image:
            return str(image.format), image.width, image.height
    except Pillow.DecompressionBombError as error:
        raise ImageTooLarge("The image has too many pixels. Send a smaller one.") from error
    except (OSError, ValueError, SyntaxError, IndexError, TypeError, struct.error) as error:
        raise BadImage("Not a readable JPEG, PNG or WebP image.") from error


def _open(data: bytes) -> ImageFile:
    """Opens an image as `PIL.Image.open` does, but without Pillow's limit and its warning.

    Mien has its own pixel limit and checks it before any pixel is decoded. Pillow's belongs to the
    program that imports this module, so it is not changed. Its WebP plugin checks it all the same.
    """
    for kind in FORMATS:
        factory, accept = Pillow.OPEN[kind]
        if accept is None or accept(data[:16]) is True:
            return factory(io.BytesIO(data), "")
    raise SyntaxError("not one of the formats")
