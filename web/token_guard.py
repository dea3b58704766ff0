"""Checks access tokens, and slows down those who guess them.

The answer to a wrong token is delayed, longer with each, and few answers of an address wait at a
time. While they wait, few more tokens of that address are checked. So the right token passes at
once, also from an address where somebody guesses, unless that one tries more often than is checked;
then it passes at one of the next attempts. People share addresses, so none is shut out.
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
from web.metrics import UNAUTHORIZED
from web.networks import network_of
from web.security import given_token, is_authorized
from web.settings.access import AccessSettings

log = logging.getLogger(__name__)

FREE_GUESSES = 3
"""Wrong tokens of an address that are answered at once, as a person's typing errors."""

FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 0.25, 10.0
FORGET_SECONDS = 600.0
MAX_ADDRESSES = 4096
MAX_WAITING_PER_ADDRESS, MAX_WAITING = 4, 64
"""Answers that are delayed at a time; each holds a connection and a green thread."""

CHECKS_PER_SECOND = 20.0
"""Tokens of an address that are checked while as many answers as may wait are waiting."""


class TooManyGuesses(Unauthorized):
    """A wrong token while others of the same address wait for their answers."""


@dataclass
class _Guesses:
    last: float
    checks: RateLimit
    count: int = 0
    waiting: int = 0

    @property
    def is_flood(self) -> bool:
        """Whether as many answers wait as may wait."""
        return self.waiting >= MAX_WAITING_PER_ADDRESS


class TokenGuard:
    """Counts wrong tokens by address, and forgets them after ten minutes without one.

    Args:
        access: Holds the token, or none.
        sleep: Waits some seconds while other threads work.
        clock: Seconds that only grow.
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
        """Lets the right token pass; none is refused at once, a wrong one after a while.

        Args:
            auth: What the client gave on connecting.
            environ: WSGI environment of its connection.

        Raises:
            Unauthorized: The token is missing or wrong.
            TooManyGuesses: So it is, or so are too many others of its address; the connection
                should be closed.
        """
        address = str(environ.get("REMOTE_ADDR", ""))
        header = environ.get("HTTP_AUTHORIZATION", "")
        if self._access.access_token and not given_token(auth, header):
            # The page connects so before its visitor has typed the token. Nobody learns from that.
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
        log.warning("wrong access token from %s, %d lately", address[:64], guesses.count)
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
