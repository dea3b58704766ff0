"""Waits of green threads for sockets that are read again and again.

Eventlet registers a socket with epoll for each wait, sets a timer for it, and undoes both: 15 us
for every read. Here a socket stays registered until its owner stops, and one timer checks the
timeout of all its waits.

This module imports eventlet, so import it only where eventlet serves.
"""

from __future__ import annotations

import time
from typing import Any

from eventlet import hubs
from eventlet.support import greenlets as greenlet


class Readiness:
    """Lets one green thread at a time wait until a socket can be read.

    Args:
        fileno: File descriptor of the socket.
    """

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno
        self._hub: Any = hubs.get_hub()
        self._listener: Any = None
        self._waiter: Any = None
        self._since = 0.0
        self._timer: Any = None

    def wait(self, timeout: float | None = None) -> None:
        """Waits until the socket can be read. Every other green thread gets its turn meanwhile.

        Args:
            timeout: Longest time to wait, in seconds.

        Raises:
            EOFError: `stop` was called.
            TimeoutError: Nothing arrived in time.
        """
        self._waiter = greenlet.getcurrent()
        self._since = time.monotonic()
        if self._listener is None:
            self._listen()
        if timeout is not None and self._timer is None:
            self._timer = self._hub.schedule_call_global(timeout, self._check_time, timeout)
        try:
            self._hub.switch()
        finally:
            self._waiter = None

    def stop(self) -> None:
        """Forgets the socket, which will be closed. A waiting green thread gets an `EOFError`."""
        self._ignore()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiter is not None:
            self._throw(EOFError("The socket is closed."))

    def _listen(self) -> None:
        self._listener = self._hub.add(
            self._hub.READ, self._fileno, self._on_readable, self._on_closed, self._forget
        )

    def _on_readable(self, _fileno: int) -> None:
        if self._waiter is None:
            self._ignore()  # Or epoll would report it again and again.
        else:
            self._waiter.switch()

    def _on_closed(self, _error: BaseException) -> None:
        """Another socket has this file descriptor now."""
        if self._waiter is not None:
            self._waiter.throw(EOFError("The socket is closed."))

    def _forget(self) -> None:
        self._listener = None

    def _ignore(self) -> None:
        if self._listener is not None:
            self._hub.remove(self._listener)
            self._listener = None

    def _check_time(self, timeout: float) -> None:
        self._timer = None
        if self._waiter is None:
            return  # The next wait starts a new timer.
        left = self._since + timeout - time.monotonic()
        if left <= 0:
            self._waiter.throw(TimeoutError("timed out"))
        else:
            self._timer = self._hub.schedule_call_global(left, self._check_time, timeout)

    def _throw(self, error: BaseException) -> None:
        waiter = self._waiter
        self._hub.schedule_call_global(0, lambda: self._waiter is waiter and waiter.throw(error))
