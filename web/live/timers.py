"""Timers that run a function later, in the app's own world."""

from __future__ import annotations

from collections.abc import Callable
from threading import Timer

from serving.joined_batches import Later
from web.settings import Settings


def build_timer(settings: Settings) -> Later:
    """Builds a function that runs another one after some seconds, in a greenlet or a thread."""
    if settings.server.async_mode == "threading":
        return _in_thread
    import eventlet

    later: Later = eventlet.spawn_after
    return later


def _in_thread(seconds: float, function: Callable[[], None]) -> None:
    timer = Timer(seconds, function)
    timer.daemon = True
    timer.start()
