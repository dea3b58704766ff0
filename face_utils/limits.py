"""Largest images and numbers of faces that Mien accepts at all.

The service's settings choose smaller values by default. The library uses these.
"""

from __future__ import annotations

MAX_IMAGE_BYTES = 64 * 1024 * 1024
MAX_IMAGE_PIXELS = 100_000_000
MAX_FACES = 100
