"""Reserve of open files, for starting a process when the limit of open files is reached."""

from __future__ import annotations

import os

SPAWN_FILES = 8
"""Files that `subprocess.Popen` opens: two pipes, a null device, and a copy of each."""


class SpareFiles:
    """Open files that are closed to make room when a process is started."""

    def __init__(self) -> None:
        self._files: list[int] = []
        self.restock()

    def restock(self) -> bool:
        """Opens missing files; returns whether the reserve is complete."""
        try:
            while len(self._files) < SPAWN_FILES:
                self._files.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return False
        return True

    def release(self) -> None:
        """Closes all of them, so that the same number of files can be opened."""
        while self._files:
            os.close(self._files.pop())
