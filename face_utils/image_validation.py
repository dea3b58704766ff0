"""Parts of an image file: the segments of a JPEG, the chunks of a PNG or WebP.

OpenCV believes what a file says of itself: it fills the missing part of a cut-off picture with grey
and says nothing, makes room for a PNG chunk of two gigabytes that is not there, and unfolds all
data of a PNG however few pixels it has. Pillow reads every part before the pixels in Python, where
it holds up all sessions.

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
# Inside a scan 0xFF is always followed by 0 or a restart mark.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
_PIECE_BYTES = 64 * 1024


def check_header(data: bytes) -> str | None:
    """Says why not even the header of a file should be read, or nothing."""
    if data.startswith(_JPEG_START) and not _has_scan(data):
        return f"The JPEG has no pixels within its first {MAX_PARTS:,} parts."
    if data.startswith(_PNG_START):
        return _png_clutter(data)
    return None


def check_body(kind: str, data: bytes, width: int, height: int) -> str | None:
    """Says in a plain sentence why a picture should not be decoded, or nothing.

    Args:
        kind: Its format, as Pillow names it.
        data: All of it.
        width: Width in pixels, as the header has it.
        height: Height in pixels, as the header has it.
    """
    # A JPEG has been read up to its end by `find_unreadable_coding`; libwebp checks for itself.
    return _png_flaw(data, width, height) if kind == "PNG" else None


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment of a JPEG up to its end; the pixels are left out.

    Raises:
        EOFError: There is no end within `MAX_PARTS` segments.
    """
    at, parts, marker = len(_JPEG_START), 0, 0
    while found := _MARKER.search(data, at):
        # Pillow skips what lies between segments byte by byte. After a scan's header are pixels.
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
    """Name and content of each chunk of a WebP, also of those in the pictures of an animation."""
    at = len(b"RIFF....WEBP")
    for _ in range(MAX_PARTS):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if len(name) < 4:
            return
        at += 8
        yield name, data[at : at + size]
        # A picture of an animation is a chunk of chunks behind 16 bytes of its own.
        at += 16 if name == b"ANMF" else size + size % 2


def _has_scan(data: bytes) -> bool:
    """Whether the pixels begin; what comes before may hold a whole thumbnail."""
    try:
        return any(marker == START_OF_SCAN for marker, _ in jpeg_segments(data))
    except EOFError:
        return False


def _png_clutter(data: bytes) -> str | None:
    try:
        has_pixels = any(name == b"IDAT" for name, _ in png_chunks(data))
    except EOFError:
        has_pixels = False
    return None if has_pixels else f"The PNG has no pixels within its first {MAX_PARTS:,} parts."


def _png_flaw(data: bytes, width: int, height: int) -> str | None:
    inflater = zlib.decompressobj()
    room = 8 * (width + 8) * (height + 8)  # Eight bytes a pixel, and the filters of the rows.
    try:
        for name, body in png_chunks(data):
            rest = body if name == b"IDAT" else b""
            while rest:
                room -= len(inflater.decompress(rest, _PIECE_BYTES))
                rest = inflater.unconsumed_tail
                if room < 0:
                    return "The PNG holds more than its pixels."
    except (zlib.error, EOFError):
        return "The PNG is damaged or cut off."
    return None
