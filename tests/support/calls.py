"""Calls in separate threads, for tests of blocking code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any

TIMEOUT_SECONDS = 10


class Call:
    """A function that runs in a thread of its own."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self._future: Future[Any] = Future()
        self._thread = Thread(target=self._run, args=(function, args), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            self._future.set_result(function(*args))
        except BaseException as error:
            self._future.set_exception(error)

    @property
    def ended(self) -> bool:
        return self._future.done()

    def result(self) -> Any:
        """Waits for the function and returns its result, or raises what it raised."""
        return self._future.result(TIMEOUT_SECONDS)

    def until_waiting(self) -> Call:
        """Returns when the thread waits for a condition."""
        while not self.ended and not self._is_waiting():
            time.sleep(0.001)  # There is no event for a thread that starts to wait.
        return self

    def _is_waiting(self) -> bool:
        frame = sys._current_frames().get(self._thread.ident or 0)
        return frame is not None and frame.f_code.co_qualname == "Condition.wait"

    def join(self) -> None:
        self._thread.join(TIMEOUT_SECONDS)
