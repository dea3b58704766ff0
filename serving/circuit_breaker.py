"""Which models can be asked: one small circuit breaker per model.

M. Nygard, "Release It!", 2007, names the pattern. A model that fails is not asked for a while; it
comes back when the server says that it serves the model, the contract holds, and the pause is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

FAILURES_TO_OPEN = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
QUIET_SECONDS = 70.0
"""Without a failure, after which former ones are forgiven though nobody asked; longer than the
longest deadline that can be set, since a call fails only at its end."""

NOT_ASKED_YET = "The model server has not answered yet."


@dataclass(frozen=True)
class ModelState:
    """What is known of a model.

    Attributes:
        name: The model.
        available: Whether it can be asked.
        version: The version that is served, or None while unknown.
        message: Why it cannot be asked; empty when it can.
    """

    name: str
    available: bool = False
    version: int | None = None
    message: str = NOT_ASKED_YET


class CircuitBreaker:
    """The state of one model, and when it may change.

    Args:
        name: The model.
        clock: Monotonic time in seconds.

    Attributes:
        state: What is known of the model.
        on_change: Told of each new state.
    """

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self.state = ModelState(name)
        self.on_change: Callable[[ModelState], None] = lambda state: None
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._closed_until = 0.0
        self._failed_at = 0.0
        self._back_at = 0.0

    def succeeded(self) -> None:
        """A call was answered."""
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS

    def failed(self, message: str, *, for_certain: bool) -> None:
        """A call was not answered.

        Args:
            message: What to tell people.
            for_certain: The server is gone, so that one failure is enough.
        """
        self._failures += 1
        self._failed_at = self._clock()
        if for_certain or self._failures >= FAILURES_TO_OPEN:
            self._open(message)

    def served(self, version: int) -> None:
        """The server says that it serves a version of the model, which keeps to the contract."""
        now = self._clock()
        if self.state.available:
            # Its word alone forgives nothing: a server may tell its status and hang on every
            # Predict. The pause itself is no quiet while, since nobody asked in it.
            if now - max(self._failed_at, self._back_at) > QUIET_SECONDS:
                self.succeeded()
        elif now < self._closed_until:
            return
        else:
            self._failures, self._back_at = 0, now
        self._become(replace(self.state, available=True, version=version, message=""))

    def not_served(self, message: str) -> None:
        """The server says that it does not serve the model, or not as the contract has it."""
        self._become(replace(self.state, available=False, message=message))

    def _open(self, message: str) -> None:
        if self.state.available:
            self._closed_until = self._clock() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        self.not_served(message)

    def _become(self, state: ModelState) -> None:
        if state != self.state:
            self.state = state
            self.on_change(state)
