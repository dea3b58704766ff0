"""Runs work on pixels in native threads, so that no client waits for another's picture."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from web.config import Config

T = TypeVar("T")
Runner = Callable[..., T]


def build_runner(config: Config) -> Runner[T]:
    """Builds what runs a function with its arguments in one of `workers` native threads.

    Under eventlet only the calling greenlet waits; in threading mode each client has a thread
    already, and only their number at work is bounded.
    """
    if config.async_mode == "eventlet":
        return _eventlet_runner(config.workers)
    return _bounded_runner(config.workers)


def _eventlet_runner(workers: int) -> Runner[T]:
    from eventlet import tpool

    tpool.set_num_threads(workers)
    run: Runner[T] = tpool.execute
    return run


def _bounded_runner(workers: int) -> Runner[T]:
    seats = BoundedSemaphore(workers)

    def run(function: Callable[..., T], *args: object) -> T:
        with seats:
            return function(*args)

    return run
