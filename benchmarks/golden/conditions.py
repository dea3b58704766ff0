"""Conditions in which each golden face is seen: the photo as it is, and five mild changes of it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.golden.faces import GoldenFace
from face_utils.boxes import FloatArray

Photo = tuple[bytes, FloatArray]
"""An encoded photo, and the box of its face."""

HALF = 0.5
DARKER = 0.6
TILT_DEGREES = 15.0
JPEG_QUALITY = 40


def _unchanged(face: GoldenFace) -> Photo:
    return face.data, face.box


def _mirrored(face: GoldenFace) -> Photo:
    x, y, width, height = face.box
    box = np.array([face.image.shape[1] - x - width, y, width, height], np.float32)
    return _encode(face.image[:, ::-1]), box


def _half_size(face: GoldenFace) -> Photo:
    small = cv2.resize(face.image, None, fx=HALF, fy=HALF, interpolation=cv2.INTER_AREA)
    return _encode(small), face.box * np.float32(HALF)


def _darker(face: GoldenFace) -> Photo:
    return _encode(cv2.convertScaleAbs(face.image, alpha=DARKER)), face.box


def _tilted(face: GoldenFace) -> Photo:
    """The photo turned clockwise around the middle of the face."""
    x, y, width, height = (float(value) for value in face.box)
    turn = cv2.getRotationMatrix2D((x + width / 2, y + height / 2), -TILT_DEGREES, 1.0)
    size = face.image.shape[1::-1]
    turned = cv2.warpAffine(face.image, turn, size, borderMode=cv2.BORDER_REPLICATE)
    return _encode(turned), face.box


def _compressed(face: GoldenFace) -> Photo:
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    return cv2.imencode(".jpg", face.image, quality)[1].tobytes(), face.box


def _encode(image: np.ndarray) -> bytes:
    """The image without loss."""
    return cv2.imencode(".png", np.ascontiguousarray(image))[1].tobytes()


CONDITIONS: dict[str, Callable[[GoldenFace], Photo]] = {
    "as it is": _unchanged,
    "mirrored": _mirrored,
    "half the size": _half_size,
    "darker": _darker,
    "tilted by 15 degrees": _tilted,
    "JPEG quality 40": _compressed,
}
