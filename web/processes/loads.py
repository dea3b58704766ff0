"""Number of connections of each app process, in memory that the processes share."""

from __future__ import annotations

import mmap
from pathlib import Path

_BYTES = 8


class Loads:
    """One number per process. Only its own process changes it, so no lock is needed.

    Args:
        file: A file that every process maps.
        count: Number of processes.
    """

    def __init__(self, file: Path, count: int) -> None:
        with file.open("a+b") as opened:
            opened.truncate(count * _BYTES)
            self._map = mmap.mmap(opened.fileno(), count * _BYTES)
        self._values = memoryview(self._map).cast("q")

    def __getitem__(self, index: int) -> int:
        return self._values[index]

    def __setitem__(self, index: int, value: int) -> None:
        self._values[index] = value
