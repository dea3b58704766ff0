"""Bounds what Engine.IO, the layer below Socket.IO, takes from a client.

It logs the whole trace of an error where a request of long polling is broken, and tells the client
that all is well; where a WebSocket's packet is broken, it forgets to end the session.
"""

from __future__ import annotations

import logging
from typing import Any

from engineio import payload, socket
from engineio.exceptions import EngineIOError, UnknownPacketError

log = logging.getLogger(__name__)

JSONP = "d="
"""How a request begins that an old browser sends by a form."""

_handle_post = socket.Socket.handle_post_request
_handle_websocket = socket.Socket._websocket_handler


def bound_engine(max_packets: int) -> None:
    """Replaces how Engine.IO reads requests and WebSockets.

    Args:
        max_packets: That one request of long polling may bring.
    """

    class BoundedPayload(payload.Payload):  # type: ignore[misc]
        max_decode_packets = max_packets

        def decode(self, encoded_payload: str) -> None:
            # Taking a form apart would hold the event loop for half a second, for anyone.
            if encoded_payload.startswith(JSONP):
                raise ValueError("a form")
            super().decode(encoded_payload)

    payload.Payload = BoundedPayload
    socket.Socket.handle_post_request = _read_post
    socket.Socket._websocket_handler = _read_websocket


def _read_post(self: Any, environ: dict[str, Any]) -> None:
    """Reads a request of long polling; one that is broken ends its connection."""
    try:
        _handle_post(self, environ)
    except (ValueError, EngineIOError) as error:
        _end(self, error)
        raise UnknownPacketError from error


def _read_websocket(self: Any, ws: Any) -> Any:
    """Reads a WebSocket until it ends; something that is no packet ends it."""
    try:
        return _handle_websocket(self, ws)
    except ValueError as error:
        if not self.upgraded:  # Long polling goes on where the change to a WebSocket fails.
            raise
        _end(self, error)
        return []


def _end(self: Any, error: Exception) -> None:
    # Not the error's own words: they may quote the packet, and so a picture.
    kind = type(error).__name__
    log.warning("connection %s sent what is no packet (%s) and is closed", self.sid, kind)
    # The library would wait here until the client has taken all that waits for it.
    self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)
