"""Timed samples of a client, and their statistics."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One request and its response.

    Attributes:
        sent: Time of the request, in seconds on the monotonic clock.
        ended: Time of the response, or of the end of the wait for it.
        ok: Whether the response was the expected one.
    """

    sent: float
    ended: float
    ok: bool

    @property
    def ms(self) -> float:
        """Milliseconds to the response; infinite if it failed."""
        return (self.ended - self.sent) * 1e3 if self.ok else math.inf


@dataclass(frozen=True)
class ClientStats:
    """Statistics of a client for a period.

    Attributes:
        rate: Good responses per second.
        p95_ms: 95th percentile of the time to a response.
        max_ms: Longest time to a response.
        failed: Number of requests without a good response.
    """

    rate: float
    p95_ms: float
    max_ms: float
    failed: int


def client_stats(samples: Iterable[Sample], start: float, end: float) -> ClientStats:
    """Computes the statistics of a period, in seconds on the monotonic clock.

    The rate counts responses that arrived in the period. Times are those of requests sent in it.
    """
    kept = list(samples)
    sent = [sample for sample in kept if start <= sample.sent < end]
    ms = [sample.ms for sample in sent]
    return ClientStats(
        rate=sum(sample.ok and start <= sample.ended < end for sample in kept) / (end - start),
        p95_ms=percentile(ms, 95),
        max_ms=max(ms, default=math.inf),
        failed=sum(not sample.ok for sample in sent),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` percent of the values do not exceed.

    Infinite values are allowed. The percentile of an empty sequence is infinite, too.
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
