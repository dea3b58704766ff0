"""Private folders for keys and sockets, and removal of those that killed processes left behind.

Each process keeps a lock in its folder as long as it lives. A folder without a lock was left behind
by a killed process and is removed when the next folder is made.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

_PREFIX = "mien-"
_LOCK = "lock"
_LONGEST_FILE_NAME = 16
_LONGEST_SOCKET_PATH = 107
"""Longest path in bytes in `sockaddr_un` of Linux."""


class PrivateFolder:
    """A new folder that only this user may enter, with a path short enough for a socket.

    It is removed at the latest when the interpreter ends.

    Attributes:
        path: Path of the folder.

    Raises:
        OSError: The folder cannot be made.
    """

    def __init__(self) -> None:
        remove_leftovers()
        self.path = _make_folder()
        self._lock = _lock(self.path)
        self.remove = weakref.finalize(self, _remove, self.path, self._lock)


def remove_leftovers() -> None:
    """Removes this user's folders that no process has locked."""
    for place in {tempfile.gettempdir(), "/tmp"}:
        for folder in Path(place).glob(f"{_PREFIX}*"):
            with suppress(OSError):  # It is in use, already removed, or not one of ours.
                _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        return
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(lock)


def _make_folder() -> Path:
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    if len(os.fsencode(folder)) + _LONGEST_FILE_NAME > _LONGEST_SOCKET_PATH:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp")
    return Path(folder)


def _lock(folder: Path) -> int:
    """Locks a folder. The lock file gets its name after it is locked, so it is never seen open."""
    file = folder / "new"
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    file.rename(folder / _LOCK)
    return lock


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
