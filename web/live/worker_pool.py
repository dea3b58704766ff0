"""Worker pool: native threads for the work on pixels, so that no client waits for another.

The fair queue of the sessions (`web/live/fair_queue.py`) lets in as many frames as the workers can
take, so nothing piles up here.
"""

from __future__ import annotations

from collections.abc import Callable

from face_utils.session_events import AnalyzedFrame
from web.live.live_session import Run
from web.settings import Settings

UNPACKED_PER_WORKER = 2
"""Under eventlet a worker finds its next frame unpacked: it does not wait for the event loop."""


def frames_at_once(settings: Settings) -> int:
    """How many frames may be between their turn and their acknowledgement."""
    per_worker = UNPACKED_PER_WORKER if settings.server.async_mode == "eventlet" else 1
    return settings.detection.workers * per_worker


def build_runner(settings: Settings) -> Run:
    """Builds what runs a function with its arguments in a native thread.

    Under eventlet only the calling greenlet waits; in threading mode the caller is a native thread
    already.
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
