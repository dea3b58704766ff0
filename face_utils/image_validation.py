"""Validation of image files by their parts: segments of a JPEG, chunks of a PNG or WebP.

OpenCV trusts the headers of a file. It fills the missing part of a truncated image with grey and
reports no error, allocates memory for a PNG chunk of two gigabytes that is not there, and inflates
all data of a PNG even if it has few pixels. Pillow reads every part before the pixels in Python,
which blocks all sessions.

Sources: ITU-T T.81, annex B (JPEG); W3C Portable Network Graphics, third edition, chapter 5; RFC
9649 (WebP).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

MAX_PARTS = 5_000
START_OF_SCAN = 0xDA
_END_OF_IMAGE, _FIRST_WITH_LENGTH = 0xD9, 0xC0
_JPEG_START, _PNG_START = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
# Inside a scan 0xFF is always followed by 0 or a restart marker.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
_PIECE_BYTES = 64 * 1024


def check_header(data: bytes) -> str | None:
    """Explains why the header of a file must not be read; returns None if it may be."""
    if data.startswith(_JPEG_START) and not _has_scan(data):
        return f"The JPEG has no pixels within its first {MAX_PARTS:,} parts."
    if data.startswith(_PNG_START):
        return _check_png_header(data)
    return None


def check_body(kind: str, data: bytes, width: int, height: int) -> str | None:
    """Explains in one sentence why an image must not be decoded; returns None if it may be.

    Args:
        kind: Its format, as Pillow names it.
        data: All of it.
        width: Width in pixels, as the header has it.
        height: Height in pixels, as the header has it.
    """
    # `read_segments` has read a JPEG up to its end, and libwebp checks a WebP itself.
    return _check_png_body(data, width, height) if kind == "PNG" else None


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment of a JPEG up to its end, without the pixels.

    Raises:
        EOFError: There is no end within `MAX_PARTS` segments.
    """
    at, parts, marker = len(_JPEG_START), 0, 0
    while found := _MARKER.search(data, at):
        # Pillow skips data between segments byte by byte. Pixels follow the header of a scan.
        parts += 1 if marker == START_OF_SCAN else 1 + found.start() - at
        marker, at = found[1][0], found.end()
        if parts > MAX_PARTS:
            break
        if marker == _END_OF_IMAGE:
            return
        if marker >= _FIRST_WITH_LENGTH:
            size = int.from_bytes(data[at : at + 2])
            yield marker, data[at + 2 : at + size]
            at += max(2, size)
    raise EOFError


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk of a PNG up to its end.

    Raises:
        EOFError: There is no end within `MAX_PARTS` chunks.
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


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk of a WebP, including those of an animation's images."""
    at = len(b"RIFF....WEBP")
    for _ in range(MAX_PARTS):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if len(name) < 4:
            return
        at += 8
        yield name, data[at : at + size]
        # An animation's image is a chunk that contains chunks after 16 bytes of its own.
        at += 16 if name == b"ANMF" else size + size % 2


def _has_scan(data: bytes) -> bool:
    """Whether a scan begins. The parts before it may contain a whole thumbnail."""
    try:
        return any(marker == START_OF_SCAN for marker, _ in jpeg_segments(data))
    except EOFError:
        return False


def _check_png_header(data: bytes) -> str | None:
    try:
        has_pixels = any(name == b"IDAT" for name, _ in png_chunks(data))
    except EOFError:
        has_pixels = False
    return None if has_pixels else f"The PNG has no pixels within its first {MAX_PARTS:,} parts."


def _check_png_body(data: bytes, width: int, height: int) -> str | None:
    inflater = zlib.decompressobj()
    room = 8 * (width + 8) * (height + 8)  # Eight bytes per pixel, and the filters of the rows.
    try:
        for name, body in png_chunks(data):
            rest = body if name == b"IDAT" else b""
            while rest:
                room -= len(inflater.decompress(rest, _PIECE_BYTES))
                rest = inflater.unconsumed_tail
                if room < 0:
                    return "The PNG contains more data than its pixels need."
    except (zlib.error, EOFError):
        return "The PNG is damaged or cut off."
    return None
