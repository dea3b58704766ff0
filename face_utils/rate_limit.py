"""Rate limit: a token bucket for events of a client."""

from __future__ import annotations


class RateLimit:
    """A token bucket: `rate` events per second, and as many at once.

    Args:
        rate: Events per second in the long run.
        now: Time in seconds at which the bucket is full.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._capacity = max(rate, 1.0)
        self._tokens = self._capacity
        self._at = now

    def allows(self, now: float) -> bool:
        """Takes one token if there is one."""
        self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
