"""Token guard: checks access tokens, and slows down clients that guess them.

Each wrong token from an address increases the delay of the next refusal. Only a few refusals per
address are delayed at a time, and meanwhile only a limited number of its tokens is checked per
second. The right token is accepted at once, even from an address where somebody guesses, unless the
guesses arrive faster than tokens are checked. Then one of the next attempts is accepted. People
share addresses, so no address is blocked.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from face_utils.errors import Unauthorized
from face_utils.rate_limit import RateLimit
from web.http.networks import network_of
from web.http.security import given_token, is_authorized
from web.observability.metrics import UNAUTHORIZED
from web.settings.access import AccessSettings

log = logging.getLogger(__name__)

FREE_GUESSES = 3
"""Wrong tokens from an address that are refused without a delay, because people make typing
errors."""

FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 0.25, 10.0
FORGET_SECONDS = 600.0
MAX_ADDRESSES = 4096
MAX_WAITING_PER_ADDRESS, MAX_WAITING = 4, 64
"""Limits of concurrently delayed refusals; each needs a connection and a green thread."""

CHECKS_PER_SECOND = 20.0
"""Tokens from an address that are checked per second while its limit of delayed refusals is
reached."""


class TooManyGuesses(Unauthorized):
    """A wrong token while the limit of delayed refusals is reached."""


@dataclass
class _Guesses:
    last: float
    checks: RateLimit
    count: int = 0
    waiting: int = 0

    @property
    def is_flood(self) -> bool:
        """Whether the limit of delayed refusals is reached."""
        return self.waiting >= MAX_WAITING_PER_ADDRESS


class TokenGuard:
    """Counts wrong tokens by address, and forgets them after ten minutes without one.

    Args:
        access: The access token, if the service has one.
        sleep: Waits for some seconds while other threads run.
        clock: Monotonic time in seconds.
    """

    def __init__(
        self,
        access: AccessSettings,
        sleep: Callable[[float], Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access = access
        self._sleep = sleep
        self._clock = clock
        self._lock = Lock()
        self._guesses: OrderedDict[str, _Guesses] = OrderedDict()
        self._waiting = 0

    def check(self, auth: object, environ: Mapping[str, Any]) -> None:
        """Checks the token of a client. Refuses a missing one at once, and a wrong one later.

        Args:
            auth: The client's value of `auth`.
            environ: WSGI environment of its connection.

        Raises:
            Unauthorized: The token is missing or wrong.
            TooManyGuesses: Too many tokens from its address are wrong; the caller should close the
                connection.
        """
        address = str(environ.get("REMOTE_ADDR", ""))
        header = environ.get("HTTP_AUTHORIZATION", "")
        if self._access.access_token and not given_token(auth, header):
            # The page connects without a token before its visitor types it. This reveals nothing.
            UNAUTHORIZED.labels("missing").inc()
            raise Unauthorized("The access token is missing.")
        known = self._guesses.get(network_of(address))
        if known and known.is_flood and not known.checks.allows(self._clock()):
            UNAUTHORIZED.labels("unchecked").inc()
            raise _too_many()
        if is_authorized(self._access, auth, header):
            return
        guesses = self._count(address)
        UNAUTHORIZED.labels("wrong").inc()
        log.warning("Wrong access token from %s, %d recently.", address[:64], guesses.count)
        self._delay(guesses)
        raise Unauthorized(
            "The access token is wrong. Ask the operator of this service for the right one."
        )

    def __len__(self) -> int:
        return len(self._guesses)

    def _count(self, address: str) -> _Guesses:
        now = self._clock()
        network = network_of(address)
        with self._lock:
            self._forget(now)
            guesses = self._guesses.setdefault(
                network, _Guesses(now, RateLimit(CHECKS_PER_SECOND, now))
            )
            self._guesses.move_to_end(network)
            guesses.last = now
            guesses.count += 1
        return guesses

    def _forget(self, now: float) -> None:
        while self._guesses:
            oldest = next(iter(self._guesses.values()))
            if oldest.last + FORGET_SECONDS > now and len(self._guesses) < MAX_ADDRESSES:
                break
            self._guesses.popitem(last=False)

    def _delay(self, guesses: _Guesses) -> None:
        if guesses.count <= FREE_GUESSES:
            return
        with self._lock:
            if guesses.is_flood or self._waiting >= MAX_WAITING:
                raise _too_many()
            guesses.waiting += 1
            self._waiting += 1
        try:
            self._sleep(_delay_seconds(guesses.count))
        finally:
            with self._lock:
                guesses.waiting -= 1
                self._waiting -= 1


def _too_many() -> TooManyGuesses:
    return TooManyGuesses("Too many wrong access tokens. Try again in a minute.")


def _delay_seconds(count: int) -> float:
    doublings = min(count - FREE_GUESSES - 1, 10)
    return min(FIRST_DELAY_SECONDS * float(2**doublings), MAX_DELAY_SECONDS)
