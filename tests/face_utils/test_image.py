from __future__ import annotations

import struct
import subprocess
import sys
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
def test_each_format_is_decoded_to_blue_green_red(photo, face_image, kind, options):
    image = decode(encode(photo, kind, quality=95, **options), LIMITS)

    assert image.shape == (200, 300, 3)
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - face_image[:200, :300]).mean() < 5


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1"])
def test_every_kind_of_png_becomes_three_channels(photo, mode):
    assert decode(encode(photo.convert(mode), "PNG"), LIMITS).shape == (200, 300, 3)


def test_a_grey_jpeg_becomes_three_equal_channels(photo):
    image = decode(encode(photo.convert("L"), "JPEG"), LIMITS)

    assert (image == image[..., :1]).all()


def test_a_cmyk_jpeg_is_decoded(photo):
    assert decode(encode(photo.convert("CMYK"), "JPEG"), LIMITS).shape == (200, 300, 3)


def test_sixteen_bits_per_channel_become_eight(face_image):
    deep = cv2.imencode(".png", face_image.astype(np.uint16) * 257)[1].tobytes()

    np.testing.assert_array_equal(decode(deep, LIMITS), face_image)


def test_an_interlaced_png_is_decoded():
    # Adam7 of a 3 by 3 image: passes of 1x1, 1x1, 2x1, 1x2 and 3x1 pixels, each row a byte more.
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 3, 8, 0, 0, 0, 1))
    data = zlib.compress(bytes(2 + 2 + 3 + 2 * 2 + 4))
    interlaced = PNG_START + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")

    assert decode(interlaced, LIMITS).shape == (3, 3, 3)


def test_a_turned_jpeg_is_turned_upright_and_measured_as_it_is_decoded(photo):
    exif = Pillow.Exif()
    exif[0x0112] = 6  # Orientation: to be turned by 90 degrees clockwise.

    image = decode(encode(photo, "JPEG", exif=exif, quality=95), LIMITS)

    assert image.shape == (300, 200, 3)
    upright = np.rot90(decode(encode(photo, "JPEG", quality=95), LIMITS), k=-1)
    np.testing.assert_array_equal(image, upright)


def test_the_first_image_of_an_animation_is_decoded(photo, face_image):
    others = [photo.rotate(90), photo.rotate(180)]

    for kind in ("PNG", "WEBP"):
        data = encode(photo, kind, save_all=True, append_images=others, lossless=True)
        np.testing.assert_array_equal(decode(data, LIMITS), face_image[:200, :300])


def test_what_a_phone_appends_to_a_jpeg_is_ignored(photo):
    data = encode(photo, "JPEG")

    np.testing.assert_array_equal(decode(data + bytes(5000), LIMITS), decode(data, LIMITS))


def test_a_jpeg_of_several_images_shows_the_first(photo):
    both = encode(photo, "MPO", save_all=True, append_images=[photo.rotate(90)])

    assert decode(both, LIMITS).shape == (200, 300, 3)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_other_formats_are_refused(photo, kind):
    with pytest.raises(BadImage, match="Not a readable JPEG, PNG or WebP image"):
        decode(encode(photo, kind), LIMITS)


def test_an_image_of_exactly_the_limits_passes_and_one_more_byte_or_pixel_does_not():
    data = png(200, 100, 201 * 100)

    assert decode(data, ImageLimits(len(data), 200 * 100)).shape == (100, 200, 3)
    with pytest.raises(ImageTooLarge, match=rf"{len(data)} bytes\. The limit is {len(data) - 1} b"):
        decode(data, ImageLimits(len(data) - 1, 200 * 100))
    with pytest.raises(ImageTooLarge, match=r"200 by 100 pixels\. The limit is 19999"):
        decode(data, ImageLimits(len(data), 200 * 100 - 1))


def test_an_image_that_is_only_long_is_refused():
    with pytest.raises(ImageTooLarge):
        decode(png(20_000, 1, 20_001), LIMITS)


def test_the_callers_pillow_limit_is_unchanged():
    program = "from PIL import Image; import face_utils.image; print(Image.MAX_IMAGE_PIXELS)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert int(result.stdout) == Pillow.MAX_IMAGE_PIXELS > 0


def test_pillows_webp_limit_is_reported_as_image_too_large(photo, monkeypatch):
    data = encode(photo, "WEBP")
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 10)

    with pytest.raises(ImageTooLarge, match="too many pixels"):
        decode(data, LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_callers_pillow_limit_does_not_apply(photo, kind, monkeypatch):
    data = encode(photo, kind)
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 10)

    assert decode(data, LIMITS).shape == (200, 300, 3)
