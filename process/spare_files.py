"""Open files in reserve, for starting a process while no more can be opened."""

from __future__ import annotations

import os

SPAWN_FILES = 8
"""Of `subprocess.Popen`: two pipes, a null device, and the copy of each that it makes."""


class SpareFiles:
    """Files that are open only so that they can be closed when others are needed."""

    def __init__(self) -> None:
        self._files: list[int] = []
        self.restock()

    def restock(self) -> bool:
        """Opens what is missing; tells whether the reserve is whole."""
        try:
            while len(self._files) < SPAWN_FILES:
                self._files.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return False
        return True

    def release(self) -> None:
        """Closes them all, so that as many files can be opened."""
        while self._files:
            os.close(self._files.pop())
