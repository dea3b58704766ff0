"""Looks into the file around a picture for what would cost dearly, or be missing, when decoded.

OpenCV believes what a file says of itself: it fills the missing part of a cut-off picture with grey
and says nothing, makes room for a PNG chunk of two gigabytes that is not there, unfolds all data of
a PNG however few pixels it has, and goes over a JPEG once for each of 100,000 scans. Pillow reads
every part before the pixels in Python, where it holds up all sessions.

Sources: ITU-T T.81, annex B (JPEG); W3C Portable Network Graphics, third edition, chapter 5.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

MAX_PARTS = 5_000
MAX_SCANS = 100
_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_JPEG_START, _PNG_START = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_PIECE_BYTES = 64 * 1024


def find_clutter(data: bytes) -> str | None:
    """Says why not even the header of a file should be read, or nothing."""
    if data.startswith(_JPEG_START) and _first_scan(data) == len(data):
        return f"The JPEG has no pixels within its first {MAX_PARTS:,} parts."
    if data.startswith(_PNG_START):
        return _png_clutter(data)
    return None


def find_flaw(kind: str, data: bytes, width: int, height: int) -> str | None:
    """Says in a plain sentence why a picture should not be decoded, or nothing.

    Args:
        kind: Its format, as Pillow names it.
        data: All of it.
        width: Width in pixels, as the header has it.
        height: Height in pixels, as the header has it.
    """
    if kind == "PNG":
        return _png_flaw(data, width, height)
    return _jpeg_flaw(data) if kind in {"JPEG", "MPO"} else None  # libwebp checks for itself


def _jpeg_flaw(data: bytes) -> str | None:
    # Inside a scan 0xFF is always followed by 0 or a restart mark, so that these marks are real.
    scans = data[_first_scan(data) :]
    if _END not in scans:
        return "The JPEG is cut off."
    return "The JPEG has too many scans." if scans.count(_SCAN) > MAX_SCANS else None


def _first_scan(data: bytes) -> int:
    """Where the pixels begin; what comes before may hold a whole thumbnail."""
    at = len(_JPEG_START)
    for _ in range(MAX_PARTS):
        if data[at : at + 2] == _SCAN or data[at : at + 1] != b"\xff":
            return at
        is_filling = data[at + 1 : at + 2] == b"\xff"
        at += 1 if is_filling else 2 + int.from_bytes(data[at + 2 : at + 4])
    return len(data)


def _png_clutter(data: bytes) -> str | None:
    try:
        has_pixels = any(name == b"IDAT" for name, _ in _png_chunks(data))
    except EOFError:
        has_pixels = False
    return None if has_pixels else f"The PNG has no pixels within its first {MAX_PARTS:,} parts."


def _png_flaw(data: bytes, width: int, height: int) -> str | None:
    inflater = zlib.decompressobj()
    room = 8 * (width + 8) * (height + 8)  # Eight bytes a pixel, and the filters of the rows.
    try:
        for name, body in _png_chunks(data):
            rest = body if name == b"IDAT" else b""
            while rest:
                room -= len(inflater.decompress(rest, _PIECE_BYTES))
                rest = inflater.unconsumed_tail
                if room < 0:
                    return "The PNG holds more than its pixels."
    except (zlib.error, EOFError):
        return "The PNG is damaged or cut off."
    return None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk up to the end.

    Raises:
        EOFError: There is no end.
    """
    at = len(_PNG_START)
    for _ in range(MAX_PARTS):
        size, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if at + size + 12 > len(data):
            break
        yield name, data[at + 8 : at + 8 + size]
        if name == b"IEND":
            return
        at += size + 12
    raise EOFError
