"""Limits for the messages of WebSockets in threading mode, where the library has none.

Compression is declined: it gains nothing on a JPEG, and 4 KiB can unfold to 4 MiB.

`limit_websockets` replaces the WebSocket class of one server. Doing so twice is harmless.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NoReturn

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask_socketio import SocketIO
from simple_websocket import ConnectionClosed, Server

from web.transport.event_size import TEXT_BYTES
from web.transport.yielding import Pace

LOOK_SECONDS = 1.0
"""Time between two checks whether the connection has ended silently."""

MAX_WAITING = 16
"""Messages that are read ahead of the application."""

WAIT_SECONDS = 0.004
SHORT_BYTES = 1024
"""A part of a message that is shorter counts as a message."""


class BoundedWebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]
    """A WebSocket that takes messages of 64 KiB, and images once its session is accepted.

    Args:
        handler: Serves the WebSocket.
        server: The Engine.IO server.
    """

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self._max_bytes = server.max_http_buffer_size

    def __call__(self, environ: dict[str, Any], _start_response: object) -> NoReturn:
        """Serves a connection until it ends.

        Raises:
            ConnectionError: It has ended, and werkzeug must send nothing more.
        """
        environ = {**environ}
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self.ws = _PacedServer(environ, max_message_size=TEXT_BYTES)
        self.app(self)
        raise ConnectionError

    def accept(self, _turns: object) -> None:
        """Takes messages as large as an image from now on."""
        self.ws.max_message_size = self._max_bytes

    def send_at_once(self, _text: str) -> bool:
        """Leaves every message to the library, since several threads may send."""
        return False

    def wait(self) -> str | bytes | None:
        """Waits for a message. None: the connection has ended."""
        # The library reports a message that is too large before it reports the end.
        with suppress(ConnectionClosed):
            while self.ws.connected or self.ws.input_buffer:
                message: str | bytes | None = self.ws.receive(LOOK_SECONDS)
                if message is not None:
                    return message
        return None


class _PacedServer(Server):  # type: ignore[misc]
    """Reads a few messages ahead, at a limited rate. The rest waits in the kernel."""

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        self._pace = Pace(time.sleep)
        super().__init__(environ, **options)

    def handshake(self) -> None:
        """Accepts the connection."""
        super().handshake()
        read_events = self.ws.events
        self.ws.events = lambda: self._pace_events(read_events())

    def _pace_events(self, events: Iterator[Any]) -> Iterator[Any]:
        for event in events:
            if getattr(event, "message_finished", True) or len(event.data) < SHORT_BYTES:
                self._pace.step()
            yield event
            while self.connected and len(self.input_buffer) >= MAX_WAITING:
                time.sleep(WAIT_SECONDS)


def limit_websockets(socketio: SocketIO) -> None:
    """Replaces the WebSockets of a server in threading mode."""
    eio = socketio.server.eio
    eio._async = {**eio._async, "websocket": BoundedWebSocket}
