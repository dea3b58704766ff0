"""Checks access tokens, and slows down those who guess them.

The right token passes at once, also from an address that is guessing: people share addresses. The
answer to a wrong one is delayed, longer with each, and few answers of an address wait at a time.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import Any

from face_utils.errors import Unauthorized
from web.config import Config
from web.metrics import UNAUTHORIZED
from web.security import is_authorized

log = logging.getLogger(__name__)

FREE_GUESSES = 3
"""Wrong tokens of an address that are answered at once, as a person's typing errors."""

FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 0.25, 10.0
FORGET_SECONDS = 600.0
MAX_ADDRESSES = 4096
MAX_WAITING_PER_ADDRESS, MAX_WAITING = 4, 64
"""Answers that are delayed at a time; each holds a connection and a green thread."""

_NETWORK_BITS = 64
"""Of an IPv6 address: a provider gives each customer at least that many to choose from."""


class TooManyGuesses(Unauthorized):
    """A wrong token while others of the same address wait for their answers."""


@dataclass
class _Guesses:
    last: float
    count: int = 0
    waiting: int = 0


class TokenGuard:
    """Counts wrong tokens by address, and forgets them after ten minutes without one.

    Args:
        config: Holds the token, or none.
        sleep: Lets other threads work for so many seconds.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        config: Config,
        sleep: Callable[[float], Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._sleep = sleep
        self._clock = clock
        self._lock = Lock()
        self._guesses: OrderedDict[str, _Guesses] = OrderedDict()
        self._waiting = 0

    def check(self, auth: object, environ: Mapping[str, Any]) -> None:
        """Lets the right token pass; a wrong one is refused, after a while.

        Args:
            auth: What the client gave on connecting.
            environ: WSGI environment of its connection.

        Raises:
            Unauthorized: The token is missing or wrong.
            TooManyGuesses: So it is, and the connection should be closed.
        """
        if is_authorized(self._config, auth, environ.get("HTTP_AUTHORIZATION", "")):
            return
        address = str(environ.get("REMOTE_ADDR", ""))
        guesses = self._count(address)
        UNAUTHORIZED.inc()
        log.warning("wrong access token from %s, %d lately", address[:64], guesses.count)
        self._delay(guesses)
        raise Unauthorized("The access token is missing or wrong.")

    def __len__(self) -> int:
        return len(self._guesses)

    def _count(self, address: str) -> _Guesses:
        now = self._clock()
        network = _network(address)
        with self._lock:
            self._forget(now)
            guesses = self._guesses.setdefault(network, _Guesses(now))
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
            if guesses.waiting >= MAX_WAITING_PER_ADDRESS or self._waiting >= MAX_WAITING:
                raise TooManyGuesses("Too many wrong access tokens. Try again in a minute.")
            guesses.waiting += 1
            self._waiting += 1
        try:
            self._sleep(_delay_seconds(guesses.count))
        finally:
            with self._lock:
                guesses.waiting -= 1
                self._waiting -= 1


def _delay_seconds(count: int) -> float:
    doublings = min(count - FREE_GUESSES - 1, 10)
    return min(FIRST_DELAY_SECONDS * float(2**doublings), MAX_DELAY_SECONDS)


def _network(address: str) -> str:
    """What belongs to one client: an IPv4 address, or the network of an IPv6 address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(int(parsed) >> _NETWORK_BITS)
