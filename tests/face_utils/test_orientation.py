"""Decoded images are upright, whatever orientation a camera stored."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from face_utils.frame import FrameReader
from face_utils.image import decode
from face_utils.pixel_metadata import read_orientation
from tests.face_utils.image_files import LIMITS, encode

ORIENTATION = 0x0112
KINDS = {
    "JPEG": ("JPEG", {"quality": 95}),
    "PNG": ("PNG", {}),
    "WEBP": ("WEBP", {"lossless": True}),
}


def exif(orientation):
    data = Pillow.Exif()
    data[ORIENTATION] = orientation
    return data


def as_shown(photo, orientation):
    """The upright pixels in blue, green, red, by Pillow."""
    turned = photo.copy()
    turned.getexif()[ORIENTATION] = orientation
    return np.asarray(ImageOps.exif_transpose(turned))[..., ::-1]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_an_image_is_turned_upright(photo, kind, orientation):
    file_format, options = KINDS[kind]
    data = encode(photo, file_format, exif=exif(orientation), **options)

    image = decode(data, LIMITS)

    expected = as_shown(photo, orientation)
    assert image.shape == expected.shape
    assert np.abs(image.astype(int) - expected).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_transparent_image_is_turned_upright_too(photo, kind, orientation):
    half = photo.copy()
    half.putalpha(Pillow.linear_gradient("L").resize(half.size).point(lambda v: 255 * (v > 127)))
    plain = decode(encode(half, kind, lossless=True), LIMITS)

    image = decode(encode(half, kind, lossless=True, exif=exif(orientation)), LIMITS)

    expected = as_shown(Pillow.fromarray(plain[..., ::-1]), orientation)
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_is_as_wide_and_as_high_as_it_is_upright(photo, kind):
    file_format, options = KINDS[kind]
    data = encode(photo, file_format, exif=exif(6), **options)

    frame = FrameReader(lambda _: [], LIMITS, 16).read(data)

    assert (frame.width, frame.height) == (200, 300)


@pytest.mark.parametrize("data", [b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff"])
def test_damaged_exif_data_mean_upright(data):
    assert read_orientation(data) == 1
    assert read_orientation(exif(6).tobytes()[: 6 + len(data)]) == 1
    assert read_orientation(exif(6).tobytes()) == 6
