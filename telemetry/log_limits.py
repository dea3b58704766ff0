"""Rate limit for log lines, so that no client can fill a disk with them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

BURST = 10
"""Lines of one kind that are written before the limit of one per second applies."""

MAX_KINDS = 1000

Kind = tuple[object, ...]


@dataclass
class _Bucket:
    lines: float
    since: float
    left_out: int = 0


class RepeatLimit(logging.Filter):
    """Writes ten lines of one kind, then one per second with the number of those left out.

    A kind is a place in the code, regardless of the text, so a client cannot invent kinds.

    Args:
        clock: Monotonic time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._buckets: dict[Kind, _Bucket] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Decides whether a line is written; sets the attribute `left_out` of one that is."""
        bucket = self._bucket(_kind(record))
        now = self._clock()
        bucket.lines = min(BURST, bucket.lines + now - bucket.since)
        bucket.since = now
        if bucket.lines < 1:
            bucket.left_out += 1
            return False
        bucket.lines -= 1
        record.left_out, bucket.left_out = bucket.left_out, 0
        return True

    def _bucket(self, kind: Kind) -> _Bucket:
        if kind not in self._buckets and len(self._buckets) >= MAX_KINDS:
            self._buckets.clear()
        return self._buckets.setdefault(kind, _Bucket(BURST, self._clock()))


def _kind(record: logging.LogRecord) -> Kind:
    # Gunicorn logs everything from one place, but with different templates.
    template = record.msg if record.args else ""
    return record.name, record.pathname, record.lineno, template
