"""Bounds the messages of WebSockets in threading mode, where the library has no bound."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask_socketio import SocketIO
from simple_websocket import ConnectionClosed

from web.transport.long_events import TEXT_BYTES

LOOK_SECONDS = 1.0
"""Between looks at whether the connection has ended without a word."""


class BoundedWebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]
    """A WebSocket that takes 64 KiB a message until its session is accepted, and then a picture.

    Args:
        handler: Serves it.
        server: The Engine.IO server.
    """

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server, max_message_size=TEXT_BYTES)
        self._max_bytes = server.max_http_buffer_size

    def accept(self, _turns: object) -> None:
        """Takes messages as large as a picture from now on."""
        self.ws.max_message_size = self._max_bytes

    def wait(self) -> str | bytes | None:
        """Waits for a message; None where the connection is over."""
        # Its reader says that a message is too large before it says that it has ended.
        with suppress(ConnectionClosed):
            while self.ws.connected or self.ws.input_buffer:
                message: str | bytes | None = self.ws.receive(LOOK_SECONDS)
                if message is not None:
                    return message
        return None


def bound_websockets(socketio: SocketIO) -> None:
    """Replaces the WebSockets of a server in threading mode."""
    eio = socketio.server.eio
    eio._async = {**eio._async, "websocket": BoundedWebSocket}
