"""Runs work on pixels in native threads, so that no client waits for another's picture.

The fair queue of the sessions (`face_utils.fair_queue`) lets in as many frames as the workers can
take, so nothing piles up here.
"""

from __future__ import annotations

from face_utils.pipeline import Batch
from face_utils.results import Analysis
from face_utils.session import Runner
from web.config import Config

UNPACKED_PER_WORKER = 2
"""Under eventlet a worker finds its next frame unpacked: it does not wait for the event loop."""


def frames_at_once(config: Config) -> int:
    """How many frames may be between their turn and their acknowledgement."""
    return config.workers * (UNPACKED_PER_WORKER if config.async_mode == "eventlet" else 1)


def build_runner(config: Config) -> Runner:
    """Builds what runs a function with its arguments in a native thread.

    Under eventlet only the calling greenlet waits; in threading mode the caller is a native thread
    already.
    """
    return _eventlet_runner(config.workers) if config.async_mode == "eventlet" else _run_here


def _eventlet_runner(workers: int) -> Runner:
    from eventlet import tpool

    tpool.set_num_threads(workers)
    run: Runner = tpool.execute
    return run


def _run_here(function: Runner, *args: object) -> tuple[Analysis, list[Batch]]:
    return function(*args)
