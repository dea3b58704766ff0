"""Worker pool: native threads for image processing, so that no client waits for another.

The fair queue of the sessions (`web/live/fair_queue.py`) admits only as many frames as the workers
can take, so the pool needs no queue.
"""

from __future__ import annotations

from collections.abc import Callable

from face_utils.session_events import AnalyzedFrame
from web.live.live_session import Run
from web.settings import Settings

UNPACKED_PER_WORKER = 2
"""Under eventlet a worker's next frame is unpacked in advance, so it never waits for the event
loop."""


def frames_at_once(settings: Settings) -> int:
    """Number of frames that may be between their turn and their ack."""
    per_worker = UNPACKED_PER_WORKER if settings.server.async_mode == "eventlet" else 1
    return settings.detection.workers * per_worker


def build_runner(settings: Settings) -> Run:
    """Builds a function that runs work in a native thread.

    Under eventlet only the calling greenlet waits. In threading mode the caller already is a native
    thread.
    """
    if settings.server.async_mode == "threading":
        return _run_here
    return _eventlet_runner(settings.detection.workers)


def _eventlet_runner(workers: int) -> Run:
    from eventlet import tpool

    tpool.set_num_threads(workers)
    run: Run = tpool.execute
    return run


def _run_here(work: Callable[[], AnalyzedFrame]) -> AnalyzedFrame:
    return work()
