"""Settings of glibc's allocator, so that memory of large pictures goes back to the system."""

from __future__ import annotations

import ctypes
from contextlib import suppress

MMAP_THRESHOLD_BYTES = 4 * 1024 * 1024
TRIM_THRESHOLD_BYTES = 16 * 1024 * 1024
"""Free memory at the end of a heap that is kept for what comes next."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def return_freed_memory() -> None:
    """Has blocks from 4 MiB on mapped by themselves, and unmapped as soon as they are freed.

    By default glibc raises that bound with each such block that is freed, up to 32 MiB, so a few
    large pictures stay in the process for good (105 MiB after two clients' frames of 8 megapixels).
    Smaller blocks, such as webcam frames, stay in the heap, which is quicker. Other C libraries
    have no such setting. Source: mallopt(3).
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, TRIM_THRESHOLD_BYTES)
