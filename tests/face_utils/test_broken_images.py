"""Damaged, truncated and malicious files are refused, and cost no memory."""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest

from face_utils.errors import BadImage, ImageTooLarge
from face_utils.image import decode
from face_utils.image_validation import MAX_PARTS
from tests.face_utils.image_files import LIMITS, PNG_START, chunk, encode, png


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\xff\xd8", PNG_START, b"RIFF\x04\0\0\0WEBP", b"<svg/>"]
)
def test_truncated_files_of_a_few_bytes_are_refused(data):
    with pytest.raises(BadImage):
        decode(data, LIMITS)


@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {})]
)
def test_an_image_cut_off_anywhere_is_refused(photo, kind, options):
    data = encode(photo, kind, **options)

    for end in np.linspace(1, len(data) - 3, 40).astype(int):
        with pytest.raises(BadImage):
            decode(data[:end], LIMITS)


def test_a_jpeg_cut_off_behind_its_thumbnail_is_refused(photo):
    thumbnail = encode(photo.resize((40, 30)), "JPEG")
    data = encode(photo, "JPEG", exif=b"Exif\0\0" + thumbnail)

    with pytest.raises(BadImage, match="cut off"):
        decode(data[: len(thumbnail) + 900], LIMITS)


def test_random_bytes_never_do_more_than_be_refused():
    rng = np.random.default_rng(0)
    starts = [b"", b"\xff\xd8\xff\xe0", PNG_START, b"RIFF\xff\xff\0\0WEBPVP8 "]

    for round_ in range(200):
        with pytest.raises(BadImage):
            decode(starts[round_ % 4] + rng.bytes(int(rng.integers(1, 4000))), LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_image_is_decoded_or_refused(photo, kind):
    rng = np.random.default_rng(0)
    data = encode(photo, kind)
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
from face_utils.image_validation import MAX_PARTS
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
def test_a_bomb_is_refused_before_it_is_decompressed(bomb, verdicts):
    code, grown = verdicts[bomb]

    assert code == BOMBS[bomb][1].code
    assert grown < 20


def test_a_jpeg_of_endless_scans_is_refused(photo):
    data = encode(photo, "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]

    with pytest.raises(BadImage, match="scans"):
        decode(data[:-2] + 150 * last_scan + data[-2:], LIMITS)


@pytest.mark.parametrize(
    ("kind", "head", "part"),
    [("JPEG", 2, b"\xff\xfe\0\2"), ("JPEG", 2, b"\xff"), ("PNG", 33, chunk(b"tIME", b""))],
)
def test_an_image_after_many_small_parts_is_refused_unread(photo, kind, head, part):
    data = encode(photo, kind)
    assert decode(data[:head] + 100 * part + data[head:], LIMITS).ndim == 3

    with pytest.raises(BadImage, match="within its first"):
        decode(data[:head] + MAX_PARTS * part + data[head:], LIMITS)
