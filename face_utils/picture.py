"""A frame's pixels at several sizes, each decoded or computed when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log2
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from face_utils.detection import GreyImage, Image
from face_utils.image import EncodedImage
from face_utils.rotation import Rotation, rotate_image

Pixels = NDArray[np.uint8]


class Picture:
    """An upright frame.

    A JPEG decodes to half its size, or to grey, in less than half the time of the whole.

    Args:
        width: Width at full size, in pixels.
        height: Height at full size.
        decode: Decodes the frame at full size.
        decode_grey: Decodes it in grey, or returns None if that saves no time.
        half: The frame at half size, if it is known already.

    Attributes:
        decode_seconds: Time that decoding took so far.

    Example:
        >>> picture = Picture.of(np.zeros((480, 640, 3), np.uint8))
        >>> image, scale = picture.at_least(0.3)
        >>> image.shape, scale
        ((240, 320, 3), 0.5)
    """

    def __init__(
        self,
        width: int,
        height: int,
        decode: Callable[[], Image],
        decode_grey: Callable[[], GreyImage | None],
        half: Image | None = None,
    ) -> None:
        self.width = width
        self.height = height
        self.decode_seconds = 0.0
        self._decode = decode
        self._decode_grey = decode_grey
        self._sizes: dict[int, Image] = {} if half is None else {1: half}
        self._grey: GreyImage | None = None

    @classmethod
    def of(cls, image: Image) -> Picture:
        """A picture whose pixels are decoded already."""
        return cls(image.shape[1], image.shape[0], lambda: image, lambda: None)

    @classmethod
    def read(cls, encoded: EncodedImage, rotate: Rotation = 0) -> Picture:
        """Decodes an image at half size where its format can do that.

        Args:
            encoded: The image.
            rotate: Degrees clockwise that make it upright.

        Raises:
            BadImage: Its data are damaged.
        """
        start = perf_counter()
        half = encoded.decode_half()
        size = None if half is None else _upright_size(encoded, half)
        if half is None or size is None:
            picture = cls.of(rotate_image(encoded.decode(), rotate))
        else:
            picture = cls(
                *(size[::-1] if rotate in {90, 270} else size),
                lambda: rotate_image(encoded.decode(), rotate),
                lambda: _rotate_grey(encoded.decode_grey(), rotate),
                rotate_image(half, rotate),
            )
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

    def grey(self) -> Pixels:
        """The frame at full size, in grey, or in colour if that is there already.

        Raises:
            BadImage: Its data are damaged.
        """
        if self._grey is None and 0 not in self._sizes:
            start = perf_counter()
            self._grey = self._decode_grey()
            self.decode_seconds += perf_counter() - start
        return self.full() if self._grey is None else self._grey

    def at_least(self, scale: float) -> tuple[Image, float]:
        """The smallest image that has at least this scale, at most the frame's own.

        Returns:
            The image, and its pixels per pixel of the frame.
        """
        halvings = _halvings(scale)
        return self._halved(halvings), 0.5**halvings

    def for_crop(self, scale: float) -> tuple[Pixels, float]:
        """Like `at_least`, but at full size the image may be grey."""
        return (self.grey(), 1.0) if _halvings(scale) == 0 else self.at_least(scale)

    def _halved(self, times: int) -> Image:
        if times == 0:
            return self.full()
        if times not in self._sizes:
            self._sizes[times] = _halve(self._halved(times - 1))
        return self._sizes[times]


def _halvings(scale: float) -> int:
    return max(0, floor(-log2(scale) + 1e-6))


def _halve(image: Image) -> Image:
    """Half the size, by the mean of four pixels. An odd last row or column counts twice."""
    below, right = image.shape[0] % 2, image.shape[1] % 2
    if below or right:
        image = np.asarray(cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE))
    size = image.shape[1] // 2, image.shape[0] // 2
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _rotate_grey(image: GreyImage | None, rotate: Rotation) -> GreyImage | None:
    return None if image is None else rotate_image(image, rotate)


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
