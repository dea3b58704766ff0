"""Images as a caller of the library passes them: arrays, or the bytes of a file."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from face_utils.errors import BadImage
from face_utils.frame import DetectedFrame, FrameReader, LiveFrame
from face_utils.rotation import Rotation

ImageArgument = NDArray[Any] | bytes | bytearray | memoryview
"""An array in OpenCV's layout, or the bytes of a JPEG, PNG or WebP."""


def read_image(reader: FrameReader, image: ImageArgument, rotate: Rotation = 0) -> DetectedFrame:
    """Finds the faces of an image, which is rotated clockwise first.

    Raises:
        BadImage: The bytes or the array are not an image.
        ImageTooLarge: The file exceeds the reader's limits.
        TypeError: `image` is neither bytes nor an array.
    """
    if isinstance(image, np.ndarray):
        return reader.read_image(_as_colour(image), rotate)
    if isinstance(image, bytes | bytearray | memoryview):
        return reader.read(bytes(image), rotate)
    raise TypeError(_explain_type(image))


def open_image(
    reader: FrameReader, image: ImageArgument, rotate: Rotation = 0
) -> DetectedFrame | LiveFrame:
    """Reads an image, which is rotated clockwise first, as a live frame.

    Raises:
        BadImage: The bytes or the array are not an image.
        ImageTooLarge: The file exceeds the reader's limits.
        TypeError: `image` is neither bytes nor an array.
    """
    if isinstance(image, bytes | bytearray | memoryview):
        return reader.open(bytes(image), rotate)
    if isinstance(image, np.ndarray):
        return reader.open_image(_as_colour(image), rotate)
    raise TypeError(_explain_type(image))


def _as_colour(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Checks an array, and converts grey to colour.

    Raises:
        BadImage: It does not have the type or shape of an image.
    """
    if image.dtype != np.uint8:
        raise BadImage(f"The image must be an array of uint8 from 0 to 255, not {image.dtype}.")
    if image.size and image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    if image.size and image.ndim == 3 and image.shape[2] == 3:
        return image
    raise BadImage(_explain_shape(image.shape))


def _explain_shape(shape: tuple[int, ...]) -> str:
    hint = " Convert it with cv2.cvtColor first." if shape[2:] == (4,) else ""
    return f"The image must be (height, width, 3) or (height, width), not {shape}.{hint}"


def _explain_type(image: object) -> str:
    if image is None:
        hint = "cv2.imread and VideoCapture.read give None when they cannot read."
    elif isinstance(image, str | PurePath):
        hint = "Read the file first, with Path(...).read_bytes() or cv2.imread(...)."
    else:
        hint = "Convert it with np.asarray(...). The channels are blue, green, red."
    return f"The image must be bytes or a NumPy array, not {type(image).__name__}. {hint}"
