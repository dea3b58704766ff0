"""Return of freed memory to the system, by glibc's allocator."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

MMAP_THRESHOLD_BYTES = 4 * 1024 * 1024
TRIM_THRESHOLD_BYTES = 16 * 1024 * 1024
"""Free memory at the end of a heap that is kept for later."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def return_freed_memory() -> None:
    """Maps blocks of at least 4 MiB separately, and unmaps them as soon as they are freed.

    By default glibc raises that threshold with each such block that is freed, up to 32 MiB. A few
    large images then stay in the process for good (105 MiB after two clients' frames of 8
    megapixels). Smaller blocks, such as webcam frames, stay in the heap, which is faster. Other C
    libraries have no such setting. Source: mallopt(3).
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, TRIM_THRESHOLD_BYTES)


def share_one_heap() -> None:
    """Gives all threads one heap; call it before threads start.

    A process of many threads that hardly ever allocate at the same time, such as the model server,
    keeps 5 MiB less. Source: mallopt(3).
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def release_startup_memory() -> None:
    """Returns what the start has used and freed: for example parsed schemas and graphs of models.

    What is left lives as long as the process, so the garbage collector need not look at it again.
    """
    gc.collect()
    gc.freeze()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
