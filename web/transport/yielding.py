"""Rate limit for the messages of one WebSocket."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

TURN_MESSAGES = 16
TURN_SECONDS = 0.008
"""A client may send 16 messages every 8 ms. That is 2,000 messages/s, four times what 16 face crops
30 times a second need. A loop that a flood keeps busy also keeps the GIL from the workers."""


class Pace:
    """Yields to the event loop after 16 messages from one client, and slows down a flood.

    Args:
        sleep: Lets others work for some seconds.
    """

    def __init__(self, sleep: Callable[[float], Any]) -> None:
        self._sleep = sleep
        self._count, self._next_turn = 0, 0.0

    def step(self) -> None:
        """Counts a message, and waits if they arrive too fast."""
        self._count += 1
        if self._count % TURN_MESSAGES == 0:
            self._sleep(max(0.0, self._next_turn - time.monotonic()))
            self._next_turn = time.monotonic() + TURN_SECONDS
