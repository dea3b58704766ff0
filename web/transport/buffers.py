"""Memory budget for the messages of all clients that are still being received."""

from __future__ import annotations

import logging
from collections.abc import Callable

from process.unpatched_modules import real_modules

with real_modules():  # A green lock takes longer than all that is done within this one.
    from threading import Lock

log = logging.getLogger(__name__)

BUDGET = "mien.budget"
"""Key of the WSGI environment: the budget of the server that handles the request."""


class BufferBudget:
    """Bounds the bytes that all connections together hold in unfinished messages.

    When the budget is exceeded, the connection that holds the most is closed. Honest clients hold
    one image at a time, so this hits the client that hoards.

    Args:
        max_bytes: The budget.

    Example:
        >>> budget = BufferBudget(max_bytes=1000)
        >>> budget.hold("a", 600, close=lambda: print("a is closed"))
        >>> budget.hold("b", 500, close=lambda: print("b is closed"))
        a is closed
        >>> budget.held
        500
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._holders: dict[object, tuple[int, Callable[[], object]]] = {}
        self._lock = Lock()
        self.held = 0

    def hold(self, holder: object, size: int, close: Callable[[], object]) -> None:
        """Notes how much a connection holds now.

        Args:
            holder: The connection.
            size: Bytes that it holds.
            close: Closes the connection, from any greenlet or thread.
        """
        with self._lock:
            self._put(holder, size, close)
            hoarder = self._pop_largest() if self.held > self._max_bytes else None
        if hoarder is not None:
            log.warning(
                "Memory for messages is used up. The connection that holds the most is closed; "
                "MIEN_MAX_BUFFER_BYTES is the limit."
            )
            hoarder()

    def release(self, holder: object) -> None:
        """Notes that a connection holds nothing more."""
        with self._lock:
            self.held -= self._holders.pop(holder, (0, None))[0]

    def _put(self, holder: object, size: int, close: Callable[[], object]) -> None:
        self.held += size - self._holders.pop(holder, (0, None))[0]
        if size:
            self._holders[holder] = size, close

    def _pop_largest(self) -> Callable[[], object]:
        largest = max(self._holders, key=lambda holder: self._holders[holder][0])
        size, close = self._holders.pop(largest)
        self.held -= size
        return close
