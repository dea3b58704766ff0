"""Heartbeat of a model server: asks it regularly whether it is alive."""

from __future__ import annotations

import time
from typing import Any

from process.unpatched_grpc import grpc
from serving.channel import open_channel

ASK_SECONDS = 2.0
"""Time between two health checks, and the deadline of one."""

MISSES = 5
"""Missed checks in a row after which a server that has responded counts as lost.

It responds while it loads models, too, in threads that predictions cannot use.
"""

START_SECONDS = 60.0
"""Time until the first response: imports take seconds on a busy machine."""

_METHOD = "/grpc.health.v1.Health/Check"
_WHOLE_SERVER = b""
"""An empty HealthCheckRequest of grpc/grpc `src/proto/grpc/health/v1/health.proto`."""


class Heartbeat:
    """Health of the process that listens on `target`. Nothing here waits for a response."""

    def __init__(self, target: str) -> None:
        self._channel = open_channel(target)
        self._check = self._channel.unary_unary(_METHOD)
        self.begin()

    def begin(self) -> None:
        """Forgets the previous process: another one has just been started.

        The channel stays, since gRPC aborts if it cannot open files for a new one.
        """
        self._started = self._asked = time.monotonic()
        self._call: Any = None
        self._misses = 0
        self._has_responded = False

    @property
    def is_lost(self) -> bool:
        """Whether the server has missed too many checks, or takes too long to start."""
        if self._has_responded:
            return self._misses >= MISSES
        return time.monotonic() - self._started > START_SECONDS

    def ask(self, *, counts: bool = True) -> None:
        """Reads the last response, and starts the next check when it is due.

        Args:
            counts: Whether a missing response is the server's fault.
        """
        if not counts:
            self._started = time.monotonic()
        if self._call is not None and self._call.done():
            self._take(self._call, counts=counts)
            self._call = None
        is_time = not self._has_responded or time.monotonic() - self._asked >= ASK_SECONDS
        if self._call is None and is_time:
            self._asked = time.monotonic()
            self._call = self._check.future(_WHOLE_SERVER, timeout=ASK_SECONDS)

    def close(self) -> None:
        """Ends the connection."""
        self._channel.close()

    def _take(self, call: Any, *, counts: bool) -> None:
        if call.code() is grpc.StatusCode.OK:
            self._misses, self._has_responded = 0, True
        elif counts:
            self._misses += 1
