"""Makes valid and invalid image files."""

from __future__ import annotations

import io
import struct
import zlib

from face_utils.image import ImageLimits

LIMITS = ImageLimits(max_bytes=2 * 1024 * 1024, max_pixels=1920 * 1080)
PNG_START = b"\x89PNG\r\n\x1a\n"


def encode(photo, kind, **options):
    target = io.BytesIO()
    photo.save(target, kind, **options)
    return target.getvalue()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width, height, pixels):
    """A grey PNG whose compressed data hold `pixels` zeros, however many its header promises."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return (
        PNG_START + header + chunk(b"IDAT", zlib.compress(bytes(pixels), 9)) + chunk(b"IEND", b"")
    )
