"""Circuit breaker: decides whether a model can be asked.

M. Nygard, "Release It!", 2007, names the pattern. A model that fails is not asked for a while. It
becomes available again when the server reports that it serves the model, the model follows the
contract, and the pause is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

FAILURES_TO_OPEN = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
QUIET_SECONDS = 70.0
"""Time without a failure after which earlier failures are forgotten, even without a successful
call. It is longer than the longest deadline that can be set, since a call fails only at its end."""

NO_RESPONSE_YET = "The model server has not responded yet."


@dataclass(frozen=True)
class ModelState:
    """State of a model.

    Attributes:
        name: Name of the model.
        available: Whether it can be asked.
        version: The version that is served, or None while unknown.
        message: Why the model is unavailable; empty if it is available.
    """

    name: str
    available: bool = False
    version: int | None = None
    message: str = NO_RESPONSE_YET


class CircuitBreaker:
    """Circuit breaker of one model.

    Args:
        name: Name of the model.
        clock: Monotonic time in seconds.

    Attributes:
        state: State of the model.
        on_change: Called with each new state.
    """

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self.state = ModelState(name)
        self.on_change: Callable[[ModelState], None] = lambda state: None
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._open_until = 0.0
        self._failed_at = 0.0
        self._available_since = 0.0

    def succeeded(self) -> None:
        """Records a successful call."""
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS

    def failed(self, message: str, *, is_gone: bool) -> None:
        """Records a failed call.

        Args:
            message: Reason for people.
            is_gone: The server is gone, so one failure is enough.
        """
        self._failures += 1
        self._failed_at = self._clock()
        if is_gone or self._failures >= FAILURES_TO_OPEN:
            self._open(message)

    def served(self, version: int) -> None:
        """Records that the server serves a version of the model that follows the contract."""
        now = self._clock()
        if self.state.available:
            # The status alone does not reset the failures: a server may report its status and
            # hang on every Predict. The pause does not count as quiet, since there are no calls.
            if now - max(self._failed_at, self._available_since) > QUIET_SECONDS:
                self.succeeded()
        elif now < self._open_until:
            return
        else:
            self._failures, self._available_since = 0, now
        self._set_state(replace(self.state, available=True, version=version, message=""))

    def not_served(self, message: str) -> None:
        """Records that the server does not serve the model, or one that violates the contract."""
        self._set_state(replace(self.state, available=False, message=message))

    def _open(self, message: str) -> None:
        if self.state.available:
            self._open_until = self._clock() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        self.not_served(message)

    def _set_state(self, state: ModelState) -> None:
        if state != self.state:
            self.state = state
            self.on_change(state)
