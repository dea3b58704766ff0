"""Bridges that carry calls from gRPC's native threads to those who wait for them."""

from __future__ import annotations

import logging
import posix
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import RLock, Thread
from typing import Protocol

log = logging.getLogger(__name__)

Call = Callable[[], None]

WAKE_UPS = 4096
"""Wake-ups to read at once."""


class Bridge(Protocol):
    """Runs calls that any thread posts, one after the other."""

    def post(self, call: Call) -> None:
        """Schedules `call` to run, soon or at once."""
        ...


class InlineBridge:
    """Runs each call in the thread that posts it: no thread, no socket, nothing to close.

    For programs that eventlet has not patched, such as those that use Mien as a library.
    """

    def __init__(self) -> None:
        # A call may post another.
        self._turn = RLock()

    def post(self, call: Call) -> None:
        """Runs `call`, after those of other threads."""
        with self._turn:
            _run(call)


class HubBridge:
    """Runs calls in the world that starts it.

    That world is eventlet's hub in a patched process, and a native thread in any other. The same
    code works in both: `Thread` and `socket` are green in the first and native in the second.
    """

    def __init__(self) -> None:
        self._calls: deque[Call] = deque()
        self._inbox, self._outbox = socket.socketpair()
        self._outbox.setblocking(False)
        self._wake_fd = self._outbox.fileno()
        self._is_awake = False

    def start(self) -> None:
        """Starts to run the calls, including those that were posted before."""
        Thread(target=self._serve, name="bridge", daemon=True).start()

    def post(self, call: Call) -> None:
        """Schedules `call` to run soon. Any native thread may use it; it never blocks."""
        self._calls.append(call)
        if self._is_awake:
            return  # One wake-up is enough for all calls until they run.
        self._is_awake = True
        with suppress(BlockingIOError):  # Two threads may still write at the same time.
            # Not os.write: eventlet's version tries to switch greenlets in the caller's thread.
            posix.write(self._wake_fd, b"\0")

    def _sleep(self) -> bool:
        """Waits for a wake-up; returns False at the end of the bridge."""
        return bool(self._inbox.recv(WAKE_UPS))

    def _serve(self) -> None:
        while self._sleep():
            self._is_awake = False  # Before the first call: a later one writes again.
            while self._calls:
                _run(self._calls.popleft())


def _run(call: Call) -> None:
    try:
        call()
    except Exception:
        log.exception("A call over the bridge failed.")
