"""Runs work on pixels in native threads, so that no client waits for another's picture."""

from __future__ import annotations

from threading import BoundedSemaphore

from face_utils.pipeline import Batch
from face_utils.results import Analysis
from face_utils.session import Runner
from web.config import Config


def build_runner(config: Config) -> Runner:
    """Builds what runs a function with its arguments in one of `workers` native threads.

    Under eventlet only the calling greenlet waits; in threading mode each client has a thread
    already, and only their number at work is bounded.
    """
    if config.async_mode == "eventlet":
        return _eventlet_runner(config.workers)
    return _bounded_runner(config.workers)


def _eventlet_runner(workers: int) -> Runner:
    from eventlet import tpool

    tpool.set_num_threads(workers)
    run: Runner = tpool.execute
    return run


def _bounded_runner(workers: int) -> Runner:
    seats = BoundedSemaphore(workers)

    def run(function: Runner, *args: object) -> tuple[Analysis, list[Batch]]:
        with seats:
            return function(*args)

    return run
