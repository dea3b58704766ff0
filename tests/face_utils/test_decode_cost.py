"""An image that would take too long to decode is refused before it is decoded."""

from __future__ import annotations

import struct
import zlib
from itertools import product

import numpy as np
import pytest
from PIL import Image as Pillow

from face_utils.decode_cost import MAX_SCANS, MAX_WEBP_TABLES
from face_utils.detection import Detection
from face_utils.errors import BadImage, ImageTooLarge
from face_utils.frame import ClientFace, ClientFrame, DetectedFrame, FrameReader
from face_utils.image import ImageLimits, decode, examine
from face_utils.image_validation import MAX_PARTS, jpeg_segments
from tests.face_utils.image_files import LIMITS, PNG_START, chunk, encode

SCAN = b"\xff\xda"
LARGEST = (1920, 1080)


def progressive(photo, size, **options):
    return encode(photo.resize(size), "JPEG", progressive=True, **options)


def with_more_scans(data, more):
    """Repeats the last scan."""
    return data[:-2] + more * data[data.rindex(SCAN) : -2] + data[-2:]


@pytest.mark.parametrize(("mode", "subsampling"), list(product(["RGB", "CMYK"], [0, 2])))
def test_a_progressive_photo_of_the_largest_size_passes(photo, mode, subsampling):
    data = progressive(photo.convert(mode), LARGEST, subsampling=subsampling)

    assert decode(data, LIMITS).shape == (1080, 1920, 3)


def test_many_scans_pass_over_few_pixels_only(photo):
    small = with_more_scans(progressive(photo, (640, 480)), 80)
    large = with_more_scans(progressive(photo, LARGEST, quality=30), 80)

    assert decode(small, LIMITS).shape == (480, 640, 3)
    with pytest.raises(ImageTooLarge, match="too many scans for its size"):
        decode(large, LIMITS)


def test_scans_are_counted_however_small_the_image_is(photo):
    data = progressive(photo, (8, 8))

    with pytest.raises(BadImage, match=f"scans, more than {MAX_SCANS}"):
        decode(with_more_scans(data, MAX_SCANS), LIMITS)


@pytest.mark.parametrize("where", ["behind the end", "in a comment"])
def test_what_only_looks_like_a_scan_is_not_counted(photo, where):
    data, scans = encode(photo, "JPEG"), 1000 * (SCAN + b"\0\x04\1\1")
    comment = b"\xff\xfe" + struct.pack(">H", len(scans) + 2) + scans
    file = data + scans if where == "behind the end" else data[:2] + comment + data[2:]

    np.testing.assert_array_equal(decode(file, LIMITS), decode(data, LIMITS))


@pytest.mark.parametrize("coding", [0xC3, 0xC9, 0xCA])
def test_rare_codings_are_refused(photo, coding):
    data = encode(photo, "JPEG").replace(b"\xff\xc0", bytes([0xFF, coding]), 1)

    with pytest.raises(BadImage, match="unsupported coding"):
        decode(data, LIMITS)


@pytest.mark.parametrize("junk", [b"\0", b"\xff", b"ab"])
def test_a_jpeg_with_much_between_its_segments_is_refused_unread(photo, junk):
    data = encode(photo, "JPEG")

    with pytest.raises(BadImage, match="within its first"):
        decode(data[:2] + MAX_PARTS * junk + data[2:], LIMITS)


def test_restart_marks_belong_to_the_pixels(photo):
    data = encode(photo, "JPEG", restart_marker_blocks=1)

    assert data.count(b"\xff\xd0") > 20
    assert len(list(jpeg_segments(data))) < 20
    assert decode(data, LIMITS).shape == (200, 300, 3)


def deep_png(width, height):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes((8 * width + 1) * height)))
    return PNG_START + header + pixels + chunk(b"IEND", b"")


def test_sixteen_bits_per_channel_count_twice():
    assert decode(deep_png(1920, 540), LIMITS).shape == (540, 1920, 3)
    with pytest.raises(ImageTooLarge, match="8 bits per channel"):
        decode(deep_png(1920, 541), LIMITS)


@pytest.mark.parametrize("alpha", [False, True])
def test_a_large_lossless_webp_is_refused(alpha):
    """Each 4 by 4 pixels of it may name a Huffman table, which takes 5 KiB and 6 us."""
    noise = np.random.default_rng(0).integers(0, 16, (640, 640, 4), np.uint8)
    large = Pillow.fromarray(noise)
    options = {"quality": 1, "method": 0} if alpha else {"lossless": True, "quality": 1}
    assert large.width * large.height > 16 * MAX_WEBP_TABLES

    assert decode(encode(large.crop((0, 0, 512, 512)), "WEBP", **options), LIMITS).ndim == 3
    with pytest.raises(ImageTooLarge, match="lossless"):
        decode(encode(large, "WEBP", **options), LIMITS)


def test_a_large_lossless_webp_of_few_bytes_passes():
    plain = Pillow.new("RGBA", LARGEST, (1, 2, 3, 4))

    assert decode(encode(plain, "WEBP", lossless=True), LIMITS).shape == (1080, 1920, 3)


def read_given(faces: list[ClientFace], limits: ImageLimits) -> DetectedFrame:
    """Reads a frame whose faces the client found itself."""
    reader = FrameReader(lambda _: [], limits, max_faces=16)
    return reader.read_client_faces(ClientFrame(640, 480, faces))


def test_face_crops_share_the_decode_cost_of_one_frame(photo):
    data = with_more_scans(progressive(photo, (320, 320)), 60)
    box = np.array([0, 0, 320, 320], np.float32)
    crop = ClientFace(Detection(box, 0.9), box, data)
    one = examine(data, LIMITS).cost
    assert 3 * one < 1 < 16 * one
    assert LIMITS.max_pixels > 16 * 320 * 320

    assert len(read_given(3 * [crop], LIMITS).faces) == 3
    with pytest.raises(ImageTooLarge, match="cost too much to decode"):
        read_given(16 * [crop], ImageLimits(10**8, LIMITS.max_pixels))


def test_an_image_that_is_only_long_names_its_longer_side():
    with pytest.raises(ImageTooLarge, match=r"20000 by 16 pixels\. The limit of a side is 16384"):
        decode(encode(Pillow.new("L", (20_000, 16)), "PNG"), LIMITS)
