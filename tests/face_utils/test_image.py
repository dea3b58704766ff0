from __future__ import annotations

import io
import pickle
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

LIMITS = ImageLimits(max_bytes=2 * 1024 * 1024, max_pixels=1920 * 1080)
PNG_START = b"\x89PNG\r\n\x1a\n"


def encode(picture, kind, **options):
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width, height, pixels):
    """A grey PNG whose compressed data hold `pixels` zeros, however many its header promises."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return (
        PNG_START + header + chunk(b"IDAT", zlib.compress(bytes(pixels), 9)) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def picture(face_image):
    return Pillow.fromarray(np.ascontiguousarray(face_image[:200, :300, ::-1]))


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
    with pytest.raises(BadImage, match="no readable JPEG, PNG or WebP"):
        decode(encode(picture, kind), LIMITS)


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\xff\xd8", PNG_START, b"RIFF\x04\0\0\0WEBP", b"<svg/>"]
)
def test_scraps_are_refused(data):
    with pytest.raises(BadImage):
        decode(data, LIMITS)


@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {})]
)
def test_a_picture_cut_off_anywhere_is_refused(picture, kind, options):
    data = encode(picture, kind, **options)

    for end in np.linspace(1, len(data) - 3, 40).astype(int):
        with pytest.raises(BadImage):
            decode(data[:end], LIMITS)


def test_a_jpeg_cut_off_behind_its_thumbnail_is_refused(picture):
    thumbnail = encode(picture.resize((40, 30)), "JPEG")
    data = encode(picture, "JPEG", exif=b"Exif\0\0" + thumbnail)

    with pytest.raises(BadImage, match="cut off"):
        decode(data[: len(thumbnail) + 900], LIMITS)


def test_random_bytes_never_do_more_than_be_refused():
    rng = np.random.default_rng(0)
    starts = [b"", b"\xff\xd8\xff\xe0", PNG_START, b"RIFF\xff\xff\0\0WEBPVP8 "]

    for round_ in range(200):
        with pytest.raises(BadImage):
            decode(starts[round_ % 4] + rng.bytes(int(rng.integers(1, 4000))), LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_picture_is_decoded_or_refused(picture, kind):
    rng = np.random.default_rng(0)
    data = encode(picture, kind)
    outcomes = set()

    for _ in range(100):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), 5):
            damaged[place] = rng.integers(256)
        try:
            outcomes.add(decode(bytes(damaged), LIMITS).ndim)
        except (BadImage, ImageTooLarge) as error:
            outcomes.add(error.code)

    assert outcomes <= {3, "bad_image", "image_too_large"}
    assert "bad_image" in outcomes


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


BOMBS = {
    "a tiny header that promises 60,000 by 60,000": (png(60_000, 60_000, 1000), ImageTooLarge),
    "12,000 by 12,000 real pixels": (png(12_000, 12_000, 12_001 * 12_000), ImageTooLarge),
    "more pixels than the header says": (png(100, 100, 150_000_000), BadImage),
    "a chunk of two gigabytes that is not there": (
        png(100, 100, 10_100)[:33] + struct.pack(">I", 0x7FFFFFFF) + b"IDAT" + bytes(3000),
        BadImage,
    ),
    "a text that unfolds": (
        png(9, 9, 90)[:33]
        + chunk(b"zTXt", b"text\0\0" + zlib.compress(bytes(150_000_000), 9))
        + png(9, 9, 90)[33:],
        BadImage,
    ),
}


@pytest.fixture(scope="module")
def verdicts():
    """Error code and growth of memory in MiB for each bomb, in a process of its own."""
    program = """
import pickle, sys
from pathlib import Path
from face_utils.errors import MienError
from face_utils.image import ImageLimits, decode

def megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024

for data in pickle.load(sys.stdin.buffer):
    before = megabytes()
    try:
        decode(data, ImageLimits(2 * 1024 * 1024, 1920 * 1080))
    except MienError as error:
        print(error.code, megabytes() - before)
"""
    bombs = pickle.dumps([data for data, _ in BOMBS.values()])
    result = subprocess.run(
        [sys.executable, "-c", program], input=bombs, capture_output=True, check=True
    )
    lines = [line.split() for line in result.stdout.decode().splitlines()]
    return {name: (code, int(grown)) for name, (code, grown) in zip(BOMBS, lines, strict=True)}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_is_unfolded(bomb, verdicts):
    code, grown = verdicts[bomb]

    assert code == BOMBS[bomb][1].code
    assert grown < 20


def test_a_jpeg_of_endless_scans_is_refused(picture):
    data = encode(picture, "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]

    with pytest.raises(BadImage, match="scans"):
        decode(data[:-2] + 150 * last_scan + data[-2:], LIMITS)
