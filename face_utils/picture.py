"""A frame's pixels at full size and its halves, each decoded or computed when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log2
from time import perf_counter

import cv2
import numpy as np

from face_utils.detection import Image
from face_utils.image import EncodedImage
from face_utils.rotation import Rotation, rotate_image


class Picture:
    """An upright frame in several sizes.

    A JPEG decodes to half its size in less than half the time, and most frames need no more.

    Args:
        width: Width at full size, in pixels.
        height: Height at full size.
        full: Decodes the frame at full size.
        half: The frame at half size, if it is known already.

    Attributes:
        decode_seconds: Time that decoding took so far.
        needs_full: Whether anything has asked for the full size.

    Example:
        >>> picture = Picture.of(np.zeros((480, 640, 3), np.uint8))
        >>> image, scale = picture.at_least(0.3)
        >>> image.shape, scale
        ((240, 320, 3), 0.5)
    """

    def __init__(
        self, width: int, height: int, full: Callable[[], Image], half: Image | None = None
    ) -> None:
        self.width = width
        self.height = height
        self.decode_seconds = 0.0
        self.needs_full = False
        self._decode = full
        self._sizes: dict[int, Image] = {} if half is None else {1: half}

    @classmethod
    def of(cls, image: Image) -> Picture:
        """A picture whose pixels are decoded already."""
        return cls(image.shape[1], image.shape[0], lambda: image)

    @classmethod
    def read(cls, encoded: EncodedImage, rotate: Rotation = 0, *, full: bool = False) -> Picture:
        """Decodes an image at half size where its format can do that.

        Args:
            encoded: The image.
            rotate: Degrees clockwise that make it upright.
            full: Whether its full size will be needed anyway.

        Raises:
            BadImage: Its data are damaged.
        """
        start = perf_counter()
        half = None if full else encoded.decode_half()
        size = None if half is None else _upright_size(encoded, half)

        def decode() -> Image:
            return rotate_image(encoded.decode(), rotate)

        if half is None or size is None:
            picture = cls.of(decode())
        else:
            width, height = size[::-1] if rotate in {90, 270} else size
            picture = cls(width, height, decode, rotate_image(half, rotate))
        picture.decode_seconds = perf_counter() - start
        return picture

    def full(self) -> Image:
        """The frame at full size.

        Raises:
            BadImage: Its data are damaged.
        """
        if 0 not in self._sizes:
            start = perf_counter()
            self._sizes[0] = self._decode()
            self.decode_seconds += perf_counter() - start
        return self._sizes[0]

    def at_least(self, scale: float) -> tuple[Image, float]:
        """The smallest image that has at least this scale, at most the frame's own.

        Returns:
            The image, and its pixels per pixel of the frame.
        """
        halvings = max(0, floor(-log2(scale) + 1e-6))
        self.needs_full |= halvings == 0
        return self._halved(halvings), 0.5**halvings

    def _halved(self, times: int) -> Image:
        if times == 0:
            return self.full()
        if times not in self._sizes:
            larger = self._halved(times - 1)
            self._sizes[times] = _halve(larger)
        return self._sizes[times]


def _halve(image: Image) -> Image:
    """Half the size, by the mean of four pixels. An odd last row or column counts twice."""
    below, right = image.shape[0] % 2, image.shape[1] % 2
    if below or right:
        image = np.asarray(cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE))
    size = image.shape[1] // 2, image.shape[0] // 2
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _upright_size(encoded: EncodedImage, half: Image) -> tuple[int, int] | None:
    """Width and height of the upright frame, or None if its half does not tell them.

    EXIF data may swap the sides.
    """
    stored = encoded.width, encoded.height
    shown = half.shape[1], half.shape[0]
    fits = {
        size for size in (stored, stored[::-1]) if shown == ((size[0] + 1) // 2, (size[1] + 1) // 2)
    }
    return fits.pop() if len(fits) == 1 else None
