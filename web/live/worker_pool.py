"""Worker pool: native threads for image processing, so that no client waits for another.

The fair queue of the sessions (`web/live/fair_queue.py`) admits only as many frames as the workers
can take, so the pool's own queue stays short: a worker takes its next frame without waiting for the
event loop.
"""

from __future__ import annotations

from _queue import SimpleQueue
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from process.unpatched_modules import real_modules
from web.settings import Settings

with real_modules():
    from threading import Thread as NativeThread

UNPACKED_PER_WORKER = 2
"""Under eventlet a worker's next frame is unpacked in advance, so it never waits for the event
loop."""

Result = TypeVar("Result")

Work = Callable[[], Result]
"""Analyzes a frame; runs in a worker."""

Finished = Callable[[Result | Exception], None]
"""Takes the result of some work, or what it raised."""


class Workers(Protocol):
    """Runs image processing where it does not block other clients."""

    def run(self, work: Work[Result]) -> Result:
        """Runs some work while the caller waits, and returns its result."""
        ...

    def submit(self, work: Work[Result], finished: Finished[Result]) -> None:
        """Runs some work, and gives its result to `finished` in the app's own world."""
        ...


def frames_at_once(settings: Settings) -> int:
    """Number of frames that may be between their turn and their ack."""
    per_worker = UNPACKED_PER_WORKER if settings.server.async_mode == "eventlet" else 1
    return settings.detection.workers * per_worker


def build_workers(settings: Settings, post: Callable[[Callable[[], None]], None]) -> Workers:
    """Builds the workers of an app.

    Args:
        settings: All settings of the app.
        post: Runs a call in the app's own world; any native thread may use it.
    """
    if settings.server.async_mode == "threading":
        return CallingThread()
    return WorkerPool(settings.detection.workers, post)


class CallingThread:
    """Works in the caller's thread, which is a native one already."""

    def run(self, work: Work[Result]) -> Result:
        """Runs some work and returns its result."""
        return work()

    def submit(self, work: Work[Result], finished: Finished[Result]) -> None:
        """Runs some work, and gives its result to `finished`."""
        finished(_outcome(work))


class WorkerPool:
    """Native threads beside eventlet's green ones.

    Args:
        size: Number of threads.
        post: Runs a call in eventlet's world; any native thread may use it.
    """

    def __init__(self, size: int, post: Callable[[Callable[[], None]], None]) -> None:
        self._size = size
        self._post = post
        # The module `queue` may be green; its C part never is.
        self._jobs: SimpleQueue[tuple[Work[Any], Finished[Any]]] = SimpleQueue()
        self._is_started = False

    def run(self, work: Work[Result]) -> Result:
        """Runs some work while only the calling green thread waits, and returns its result."""
        from eventlet.event import Event

        finished = Event()
        self.submit(work, finished.send)
        outcome: Result | Exception = finished.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def submit(self, work: Work[Result], finished: Finished[Result]) -> None:
        """Runs some work, and gives its result to `finished` in eventlet's world."""
        if not self._is_started:
            self._start()
        self._jobs.put((work, finished))

    def _start(self) -> None:
        self._is_started = True
        for number in range(self._size):
            NativeThread(target=self._work, name=f"worker-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            work, finished = self._jobs.get()
            self._post(partial(finished, _outcome(work)))
            del work, finished  # Or the last frame would stay until the next one.


def _outcome(work: Work[Result]) -> Result | Exception:
    try:
        return work()
    except Exception as error:
        return error
