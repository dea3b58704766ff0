"""A PNG with 16 bits per channel is decoded with the right brightness."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.image import decode
from tests.face_utils.image_files import LIMITS, chunk

HEADER_END = 33


def deep_png(pixels, significant=None):
    data = cv2.imencode(".png", pixels.astype(np.uint16))[1].tobytes()
    note = chunk(b"sBIT", bytes(significant)) if significant else b""
    return data[:HEADER_END] + note + data[HEADER_END:]


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_values_of_fewer_bits_are_not_black(face_image, bits):
    values = face_image.astype(np.uint16) << (bits - 8)

    np.testing.assert_array_equal(decode(deep_png(values), LIMITS), face_image)
    np.testing.assert_array_equal(
        decode(deep_png(values[..., 0]), LIMITS)[..., 0], face_image[..., 0]
    )


def test_the_file_may_say_how_many_bits_count(face_image):
    dark = face_image.astype(np.uint16) // 2
    ten_bits = deep_png(dark, (10, 10, 10))

    np.testing.assert_array_equal(decode(ten_bits, LIMITS), dark >> 2)
    assert decode(deep_png(dark << 4, (16, 16, 16)), LIMITS).max() < 10


def test_values_that_are_scaled_to_sixteen_bits_are_taken_as_such(face_image):
    scaled = face_image.astype(np.uint16) * 257

    np.testing.assert_array_equal(decode(deep_png(scaled, (10, 10, 10)), LIMITS), face_image)


def test_alpha_of_fewer_bits_counts_as_the_colours_do(face_image):
    opaque = np.full((*face_image.shape[:2], 1), 1023, np.uint16)
    values = np.concatenate([face_image.astype(np.uint16) << 2, opaque], axis=2)

    np.testing.assert_array_equal(decode(deep_png(values), LIMITS), face_image)
