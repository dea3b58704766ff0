"""Asks a model server again and again whether it is alive."""

from __future__ import annotations

import time
from typing import Any

from serving.channel import open_channel
from serving.native_grpc import grpc

ASK_SECONDS = 2.0
"""Between two questions, and the time to answer one."""

MISSES = 5
"""Questions in a row without an answer, after which a server that has been ready is given up."""

START_SECONDS = 120.0
"""Time to become ready: loading models may take long, on a busy machine."""

_METHOD = "/grpc.health.v1.Health/Check"
_WHOLE_SERVER = b""
_SERVING = b"\x08\x01"
"""HealthCheckResponse of grpc/grpc `src/proto/grpc/health/v1/health.proto`: status = 1."""


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
        self._was_ready = False

    @property
    def is_lost(self) -> bool:
        """Whether the server has missed too many questions, or takes too long to start."""
        if self._was_ready:
            return self._misses >= MISSES
        return time.monotonic() - self._started > START_SECONDS

    def ask(self, *, counts: bool = True) -> None:
        """Takes the last answer, and asks anew if it is time to.

        Args:
            counts: Whether a missing answer is the server's fault.
        """
        if self._call is not None and self._call.done():
            self._take(self._call, counts=counts)
            self._call = None
        if self._call is None and time.monotonic() - self._asked >= ASK_SECONDS:
            self._asked = time.monotonic()
            self._call = self._check.future(_WHOLE_SERVER, timeout=ASK_SECONDS)

    def close(self) -> None:
        """Ends the connection."""
        self._channel.close()

    def _take(self, call: Any, *, counts: bool) -> None:
        if call.code() is grpc.StatusCode.OK:
            self._misses = 0
            self._was_ready |= call.result() == _SERVING
        elif counts:
            self._misses += 1
