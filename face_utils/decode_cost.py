"""Limits the cost of decoding an image, since OpenCV cannot be interrupted.

A limit of pixels is not enough: a JPEG can scan them many times, a PNG can have eight bytes for
each, and a lossless WebP can have a Huffman table for every 16 of them. With these constants the
most expensive accepted image takes about 0.2 s on one core. docs/explanation/decisions.md has the
measurements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from face_utils.image_validation import START_OF_SCAN, jpeg_segments, png_chunks, webp_chunks

Segments = Sequence[tuple[int, bytes]]
"""Marker and content of each segment of a JPEG."""

MAX_PASSES = 24
"""Scans of a progressive JPEG, each weighted by the share of the samples that it holds.

libjpeg's standard script needs 14 for YCbCr without subsampling, and 24 for CMYK.
"""
MAX_SCANS = 100
MAX_PNG_BYTES_PER_PIXEL = 4
MAX_WEBP_TABLES = 22_500
_LEAST_TILE_PIXELS = 16
_LEAST_TABLE_BITS = 20
_BYTES_LIKE_A_TABLE = 200
_READABLE_FRAMES = (0xC0, 0xC1, 0xC2)
"""Baseline, extended and progressive JPEG. Arithmetic coding has no cost limit here, and no browser
reads it."""
_TABLES = (0xC4, 0xC8, 0xCC)
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def read_segments(kind: str, data: bytes) -> Segments:
    """The segments of a JPEG; none for other formats.

    Raises:
        EOFError: The JPEG has no end.
    """
    return list(jpeg_segments(data)) if kind in {"JPEG", "MPO"} else []


def check_coding(segments: Segments) -> str | None:
    """Explains why the coding of a JPEG is not supported; returns None if it is."""
    scans = 0
    for marker, _ in segments:
        if 0xC0 <= marker <= 0xCF and marker not in (*_TABLES, *_READABLE_FRAMES):
            return "The JPEG has an unsupported coding. Save it as a baseline or progressive JPEG."
        scans += marker == START_OF_SCAN
    if scans > MAX_SCANS:
        return f"The JPEG has {scans} scans, more than {MAX_SCANS}. Save it as a baseline JPEG."
    return None


def decode_cost(
    kind: str, data: bytes, segments: Segments, width: int, height: int, max_pixels: int
) -> float:
    """The cost of decoding an image, as a share of the cost that one frame may have.

    Args:
        kind: Its format, as Pillow names it.
        data: All of it.
        segments: What `read_segments` returns for it.
        width: Width in pixels, as the header has it.
        height: Height in pixels, as the header has it.
        max_pixels: Pixels of the largest frame.
    """
    if kind == "PNG":
        return _png_row_bytes(data, width) * height / (MAX_PNG_BYTES_PER_PIXEL * max_pixels)
    if kind == "WEBP":
        return _webp_tables(data, width * height) / MAX_WEBP_TABLES
    return float(_jpeg_passes(segments)) * width * height / (MAX_PASSES * max_pixels)


def explain_cost(kind: str) -> str:
    """Explains that an image costs more to decode than one frame may cost."""
    if kind == "PNG":
        return "The PNG has too many bits for its size. Send 8 bits per channel."
    if kind == "WEBP":
        return "The lossless WebP is too large. Send a lossy WebP or a JPEG."
    return "The JPEG has too many scans for its size. Send a baseline JPEG."


def _jpeg_passes(segments: Segments) -> Fraction:
    """Passes of the scans over the pixels; an interleaved scan counts once per component."""
    shares: dict[int, Fraction] = {}
    passes = Fraction(0)
    for marker, content in segments:
        if marker in _READABLE_FRAMES:
            shares = dict(_sample_shares(content))
        elif marker == START_OF_SCAN:
            components = content[1 : 1 + 2 * content[0] : 2] if content else b""
            passes += sum((shares.get(each, Fraction(1)) for each in components), Fraction(0))
    return passes


def _sample_shares(frame: bytes) -> Iterator[tuple[int, Fraction]]:
    """Id of each component of a JPEG frame header, and its samples per pixel."""
    components = [frame[at : at + 2] for at in range(6, len(frame) - 2, 3)]
    factors = [(each[0], each[1] >> 4, each[1] & 15) for each in components]
    across = max((h for _, h, _ in factors), default=1) or 1
    down = max((v for _, _, v in factors), default=1) or 1
    for component, h, v in factors:
        yield component, Fraction(h * v, across * down)


def _png_row_bytes(data: bytes, width: int) -> int:
    _, header = next(png_chunks(data))
    depth, colour = header[8], header[9]
    return (width * depth * _PNG_CHANNELS.get(colour, 4) + 7) // 8


def _webp_tables(data: bytes, pixels: int) -> int:
    """Maximum of Huffman tables that a lossless WebP, or a lossless alpha channel, can have.

    A table covers a tile of at least 4 by 4 pixels and takes at least 20 bits. Decoding fills
    5 KiB for each, and the same amount for every 200 bytes that describe larger tables.
    """
    lossless = (len(body) for name, body in webp_chunks(data) if name in {b"VP8L", b"ALPH"})
    size = max(lossless, default=0)
    tables = min(pixels // _LEAST_TILE_PIXELS, 8 * size // _LEAST_TABLE_BITS)
    return tables + size // _BYTES_LIKE_A_TABLE
