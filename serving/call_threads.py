"""Native threads that wait for gRPC calls.

A call that a thread waits for costs half of one with a callback: gRPC starts a thread of its own
for every callback that no other one overlaps. And the event loop hands over the call with all the
work around it.
"""

from __future__ import annotations

from _queue import SimpleQueue
from collections.abc import Callable

from process.unpatched_modules import real_modules

with real_modules():
    from threading import Lock as NativeLock
    from threading import Thread as NativeThread

Call = Callable[[], None]

MAX_IDLE = 8


class CallThreads:
    """Runs each call in a thread of its own, and keeps a few threads for the next ones.

    The calls are bounded by those who make them: each session asks each model once at a time.

    Example:
        >>> threads = CallThreads()
        >>> threads.run(lambda: None)
        >>> threads.close()
    """

    def __init__(self) -> None:
        # The module `queue` may be green; its C part never is.
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._lock = NativeLock()
        self._idle = 0
        self._closed = False

    def run(self, call: Call) -> None:
        """Starts a call, which must not raise."""
        with self._lock:
            is_new = self._idle == 0
            self._idle -= not is_new
        if is_new:
            NativeThread(target=self._work, args=(call,), name="model-call", daemon=True).start()
        else:
            self._calls.put(call)

    def close(self) -> None:
        """Ends the idle threads now, and the others after their call."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, 0
        for _ in range(idle):
            self._calls.put(None)

    def _work(self, call: Call | None) -> None:
        while call is not None:
            call()
            call = self._next()

    def _next(self) -> Call | None:
        with self._lock:
            if self._closed or self._idle >= MAX_IDLE:
                return None
            self._idle += 1
        return self._calls.get()
