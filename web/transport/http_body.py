"""Readers of a request: at a limited rate, and not past the end of its body."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any, BinaryIO

SHORT_BYTES = 1024
FREE_SHORT_READS = 32
PAUSE_SECONDS = 0.01
"""Pause that lets single bytes of a client gather in the kernel's buffer."""


class PacedReader(io.RawIOBase):
    """A socket's bytes, read less often when they arrive in many small pieces.

    Otherwise a request in packets of one byte would take a turn of the event loop for each byte.

    Args:
        raw: The socket's bytes, without a buffer.
        early: Bytes that another process has already read from the socket.
    """

    def __init__(self, raw: Any, early: bytes = b"") -> None:
        self._raw = raw
        self._early = early
        self._short = 0
        self._has_ended = False

    def begin(self) -> None:
        """Begins a new request, whose first short reads are free."""
        self._short = 0

    def end(self) -> None:
        """Reads nothing more from the socket."""
        self._has_ended = True

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Reads what has arrived, or waits for it."""
        if self._has_ended:
            return 0
        if self._early:
            part, self._early = self._early[: len(buffer)], self._early[len(buffer) :]
            buffer[: len(part)] = part
            return len(part)
        if self._short > FREE_SHORT_READS:
            time.sleep(PAUSE_SECONDS)
        count: int | None = self._raw.readinto(buffer)
        if count and count < min(SHORT_BYTES, len(buffer)):
            self._short += 1
        return count

    def close(self) -> None:
        """Closes the socket's bytes, too."""
        super().close()
        self._raw.close()


class Body:
    """The body of one request, for `wsgi.input`.

    Args:
        wire: Bytes of the connection, from the beginning of the body.
        length: Length of the body.
        on_end: Called when the whole body has been read.
    """

    def __init__(self, wire: BinaryIO, length: int, on_end: Callable[[], None]) -> None:
        self.unread = length
        self._wire = wire
        self._on_end = on_end

    def read(self, size: int | None = -1) -> bytes:
        """Reads this many bytes, or all that are left."""
        return self._take(self._wire.read, size)

    def readline(self, size: int | None = -1) -> bytes:
        """Reads up to the end of a line."""
        return self._take(self._wire.readline, size)

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        """Reads all lines."""
        return self.read().splitlines(keepends=True)

    def __iter__(self) -> Any:
        return iter(self.readline, b"")

    def _take(self, read: Callable[[int], bytes], size: int | None) -> bytes:
        if not self.unread:
            return b""
        data = read(self.unread if size is None or size < 0 else min(size, self.unread))
        self.unread -= len(data)
        if not self.unread:
            self._on_end()
        return data
