"""Processor share of other programs during a measurement."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import psutil


class OtherPrograms:
    """Measures the processor time of all programs except this process and its descendants.

    Values that were measured while others used the processors say little about the service.
    """

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._all, self._ours = _busy_seconds(), _own_seconds()

    def share(self) -> float:
        """Share of all processors that others have used since the creation, 0 to 1."""
        others = _busy_seconds() - self._all - (_own_seconds() - self._ours)
        seconds = (time.monotonic() - self._start) * (os.cpu_count() or 1)
        return max(0.0, others / seconds)


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _own_seconds() -> float:
    this = psutil.Process()
    total = 0.0
    for process in (this, *this.children(recursive=True)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total
