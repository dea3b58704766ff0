"""Asks a model server again and again whether it is alive."""

from __future__ import annotations

import time
from typing import Any

from process.unpatched_grpc import grpc
from serving.channel import open_channel

ASK_SECONDS = 2.0
"""Between two questions, and the time to answer one."""

MISSES = 5
"""Questions in a row without an answer, after which a server that has answered is given up.

It answers while it loads models, too, and has threads for that which predictions cannot take.
"""

START_SECONDS = 60.0
"""Time until the first answer: importing everything takes seconds on a busy machine."""

_METHOD = "/grpc.health.v1.Health/Check"
_WHOLE_SERVER = b""
"""An empty HealthCheckRequest of grpc/grpc `src/proto/grpc/health/v1/health.proto`."""


class Heartbeat:
    """The health of the process that listens on `target`. Nothing here waits for an answer."""

    def __init__(self, target: str) -> None:
        self._channel = open_channel(target)
        self._check = self._channel.unary_unary(_METHOD)
        self.begin()

    def begin(self) -> None:
        """Forgets the process before: another one has just been started.

        The channel stays, since gRPC ends the process if it cannot open files for a new one.
        """
        self._started = self._asked = time.monotonic()
        self._call: Any = None
        self._misses = 0
        self._has_answered = False

    @property
    def is_lost(self) -> bool:
        """Whether the server has missed too many questions, or takes too long to start."""
        if self._has_answered:
            return self._misses >= MISSES
        return time.monotonic() - self._started > START_SECONDS

    def ask(self, *, counts: bool = True) -> None:
        """Takes the last answer, and asks anew if it is time to.

        Args:
            counts: Whether a missing answer is the server's fault.
        """
        if not counts:
            self._started = time.monotonic()
        if self._call is not None and self._call.done():
            self._take(self._call, counts=counts)
            self._call = None
        is_time = not self._has_answered or time.monotonic() - self._asked >= ASK_SECONDS
        if self._call is None and is_time:
            self._asked = time.monotonic()
            self._call = self._check.future(_WHOLE_SERVER, timeout=ASK_SECONDS)

    def close(self) -> None:
        """Ends the connection."""
        self._channel.close()

    def _take(self, call: Any, *, counts: bool) -> None:
        if call.code() is grpc.StatusCode.OK:
            self._misses, self._has_answered = 0, True
        elif counts:
            self._misses += 1
