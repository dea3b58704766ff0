"""Turns of windows over time, whatever the frame rate."""

from __future__ import annotations


class Turns:
    """Gives each of some windows its turn once in a period.

    Args:
        count: Number of windows.
        seconds: The period.
        now: Time in seconds; all of them have just had a turn.

    Example:
        >>> turns = Turns(4, 1.0, now=0.0)
        >>> turns.take(0.1), turns.take(0.5), turns.take(5.0)
        ([], [0, 1], [2, 3, 0, 1])
    """

    def __init__(self, count: int, seconds: float, now: float) -> None:
        self._count = count
        self._step = seconds / max(count, 1)
        self._next = 0
        self.restart(now)

    def restart(self, now: float) -> None:
        """All windows have just had a turn."""
        self._since = now

    def take(self, now: float) -> list[int]:
        """Numbers of the windows whose turn it is, each at most once."""
        if self._count == 0:
            return []
        due = min(self._count, int((now - self._since) / self._step))
        if due == self._count:
            self.restart(now)
        else:
            self._since += due * self._step
        first, self._next = self._next, (self._next + due) % self._count
        return [(first + index) % self._count for index in range(due)]
