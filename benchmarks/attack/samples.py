"""Timed samples of a client, and the figures made from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One request and its answer.

    Attributes:
        sent: When it was sent, in seconds on the monotonic clock.
        ended: When the answer came, or the wait for it ended.
        ok: Whether the answer was the wanted one.
    """

    sent: float
    ended: float
    ok: bool

    @property
    def ms(self) -> float:
        """Milliseconds to the answer; infinite where it failed."""
        return (self.ended - self.sent) * 1e3 if self.ok else math.inf


@dataclass(frozen=True)
class Figures:
    """What a client saw in a stretch of time.

    Attributes:
        rate: Good answers per second.
        p95_ms: 95th percentile of the time to an answer.
        max_ms: The longest.
        failed: Number of requests without a good answer.
    """

    rate: float
    p95_ms: float
    max_ms: float
    failed: int


def figures(samples: Iterable[Sample], start: float, end: float) -> Figures:
    """Sums up a stretch of time, in seconds on the monotonic clock.

    The rate counts answers that came in it; times are of the requests that were sent in it.
    """
    kept = list(samples)
    sent = [sample for sample in kept if start <= sample.sent < end]
    ms = [sample.ms for sample in sent]
    return Figures(
        rate=sum(sample.ok and start <= sample.ended < end for sample in kept) / (end - start),
        p95_ms=percentile(ms, 95),
        max_ms=max(ms, default=math.inf),
        failed=sum(not sample.ok for sample in sent),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` percent of the values do not exceed.

    Infinite values are allowed; of no values at all it is infinite, too.
    """
    if not values:
        return math.inf
    place = math.ceil(len(values) * share / 100)
    return sorted(values)[max(place, 1) - 1]


def jain_index(shares: Sequence[float]) -> float:
    """Jain's fairness index: 1 where all shares are equal, 1/n where one of n has everything.

    Source: Jain, Chiu, Hawe, "A Quantitative Measure of Fairness", DEC TR-301, 1984.
    """
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 0.0
