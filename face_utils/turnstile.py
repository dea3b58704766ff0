"""The rule of the newest frame: one in work, at most one waiting, never a queue."""

from __future__ import annotations

from threading import Condition


class Turnstile:
    """Lets one visitor in at a time and keeps only the newest of those who wait."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._busy = False
        self._closed = False
        self._newest = 0

    def enter(self) -> bool:
        """Waits for a turn.

        Returns:
            True when it is the caller's turn, who then must `leave`; False when a newer visitor
            took the waiting place, or the turnstile closed.
        """
        with self._changed:
            self._newest += 1
            ticket = self._newest
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or not self._busy or ticket != self._newest)
            if self._closed or ticket != self._newest:
                return False
            self._busy = True
            return True

    def leave(self) -> None:
        """Ends the caller's turn."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()

    def close(self) -> None:
        """Sends everyone away who waits, now and later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait_until_free(self, seconds: float) -> None:
        """Waits until nobody is in, at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, seconds)
