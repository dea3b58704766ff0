"""Metadata of a PNG or WebP that is needed to interpret its pixels."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from face_utils.image_validation import png_chunks, webp_chunks

_ORIENTATION = 0x0112
_MAX_ENTRIES = 1000
_GREY = 0


@dataclass(frozen=True)
class PixelMetadata:
    """Interpretation of decoded pixels.

    Attributes:
        orientation: EXIF orientation, 1 to 8; 1 is upright.
        significant_bits: Significant bits of a colour value, or None if the file does not say.
        transparent_grey: Grey value that means transparent, in bits of the file.
        depth: Bits of a value.
    """

    orientation: int = 1
    significant_bits: int | None = None
    transparent_grey: int | None = None
    depth: int = 8


def read_metadata(kind: str, data: bytes) -> PixelMetadata:
    """Reads the metadata of a PNG or WebP. OpenCV reads those of a JPEG itself."""
    if kind == "WEBP":
        exif = next((body for name, body in webp_chunks(data) if name == b"EXIF"), b"")
        return PixelMetadata(read_orientation(exif))
    return _png_metadata(data) if kind == "PNG" else PixelMetadata()


def read_orientation(exif: bytes) -> int:
    """The orientation in EXIF data; 1 if it is missing or the data are damaged.

    Only the first thousand entries are read, so that no image can block the interpreter.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return 1
    (start,) = struct.unpack_from(f"{order}I", exif, 4)
    entries = exif[start + 2 :][: 12 * _MAX_ENTRIES]
    for tag, _, _, value in struct.iter_unpack(
        f"{order}HHIH2x", entries[: len(entries) // 12 * 12]
    ):
        if tag == _ORIENTATION:
            return int(value) if 1 <= value <= 8 else 1
    return 1


def _png_metadata(data: bytes) -> PixelMetadata:
    chunks = {name: body for name, body in png_chunks(data) if name != b"IDAT"}
    depth, colour_type = chunks[b"IHDR"][8:10]
    key = chunks.get(b"tRNS", b"")
    return PixelMetadata(
        orientation=read_orientation(chunks.get(b"eXIf", b"")),
        significant_bits=max(
            chunks.get(b"sBIT", b"")[: 1 if _has_grey(colour_type) else 3], default=0
        )
        or None,
        transparent_grey=int.from_bytes(key[:2]) if key and colour_type == _GREY else None,
        depth=depth,
    )


def _has_grey(colour_type: int) -> bool:
    return colour_type & 2 == 0
