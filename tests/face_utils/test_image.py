from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from face_utils.errors import BadImage, ImageTooLarge
from face_utils.image import ImageLimits, decode
from tests.face_utils.image_files import LIMITS, PNG_START, chunk, encode, png


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_each_format_is_decoded_to_blue_green_red(picture, face_image, kind, options):
    image = decode(encode(picture, kind, quality=95, **options), LIMITS)

    assert image.shape == (200, 300, 3)
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - face_image[:200, :300]).mean() < 5


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1"])
def test_every_kind_of_png_becomes_three_channels(picture, mode):
    assert decode(encode(picture.convert(mode), "PNG"), LIMITS).shape == (200, 300, 3)


def test_a_grey_jpeg_becomes_three_equal_channels(picture):
    image = decode(encode(picture.convert("L"), "JPEG"), LIMITS)

    assert (image == image[..., :1]).all()


def test_a_cmyk_jpeg_passes(picture):
    assert decode(encode(picture.convert("CMYK"), "JPEG"), LIMITS).shape == (200, 300, 3)


def test_sixteen_bits_a_channel_become_eight(face_image):
    deep = cv2.imencode(".png", face_image.astype(np.uint16) * 257)[1].tobytes()

    np.testing.assert_array_equal(decode(deep, LIMITS), face_image)


def test_an_interlaced_png_passes():
    # Adam7 of a 3 by 3 picture: passes of 1x1, 1x1, 2x1, 1x2 and 3x1 pixels, each row a byte more.
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 3, 8, 0, 0, 0, 1))
    data = zlib.compress(bytes(2 + 2 + 3 + 2 * 2 + 4))
    interlaced = PNG_START + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")

    assert decode(interlaced, LIMITS).shape == (3, 3, 3)


def test_a_turned_jpeg_is_turned_upright_and_measured_as_it_is_decoded(picture):
    exif = Pillow.Exif()
    exif[0x0112] = 6  # Orientation: to be turned by 90 degrees clockwise.

    image = decode(encode(picture, "JPEG", exif=exif, quality=95), LIMITS)

    assert image.shape == (300, 200, 3)
    upright = np.rot90(decode(encode(picture, "JPEG", quality=95), LIMITS), k=-1)
    np.testing.assert_array_equal(image, upright)


def test_of_an_animation_the_first_picture_counts(picture, face_image):
    others = [picture.rotate(90), picture.rotate(180)]

    for kind in ("PNG", "WEBP"):
        data = encode(picture, kind, save_all=True, append_images=others, lossless=True)
        np.testing.assert_array_equal(decode(data, LIMITS), face_image[:200, :300])


def test_what_a_phone_appends_to_a_jpeg_is_no_matter(picture):
    data = encode(picture, "JPEG")

    np.testing.assert_array_equal(decode(data + bytes(5000), LIMITS), decode(data, LIMITS))


def test_a_jpeg_of_several_pictures_shows_the_first(picture):
    both = encode(picture, "MPO", save_all=True, append_images=[picture.rotate(90)])

    assert decode(both, LIMITS).shape == (200, 300, 3)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_other_formats_are_refused(picture, kind):
    with pytest.raises(BadImage, match="Not a readable JPEG, PNG or WebP image"):
        decode(encode(picture, kind), LIMITS)


def test_a_picture_of_exactly_the_limits_passes_and_one_more_byte_or_pixel_does_not():
    data = png(200, 100, 201 * 100)

    assert decode(data, ImageLimits(len(data), 200 * 100)).shape == (100, 200, 3)
    with pytest.raises(ImageTooLarge, match=rf"{len(data)} bytes; at most {len(data) - 1} pass"):
        decode(data, ImageLimits(len(data) - 1, 200 * 100))
    with pytest.raises(ImageTooLarge, match="200 by 100 pixels; at most 19999 pass"):
        decode(data, ImageLimits(len(data), 200 * 100 - 1))


def test_a_picture_that_is_only_long_is_refused():
    with pytest.raises(ImageTooLarge):
        decode(png(20_000, 1, 20_001), LIMITS)
