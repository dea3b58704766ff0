"""Limits for what Engine.IO, the layer below Socket.IO, takes from a client.

The library reads any body before it knows its sender, parses all packets of a request at once,
answers in JSONP, logs the whole trace of a broken packet, and leaves its connection open.

`limit_engineio` patches `Packet.json`, `Socket.handle_post_request` and `Socket._websocket_handler`
for the process, and `handle_request` of one server. Doing so twice is harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import engineio.json
from engineio import packet, socket
from engineio.exceptions import UnknownPacketError
from flask_socketio import SocketIO

from web.transport.buffers import BUDGET, BufferBudget
from web.transport.connection_reaper import cut_off, hang_up
from web.transport.connection_state import state_of
from web.transport.event_size import TEXT_BYTES, shorten

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

_SEPARATOR = b"\x1e"
_BINARY = b"b"

_handle_websocket = socket.Socket._websocket_handler


class UnreadJson:
    """Keeps Engine.IO from parsing the text of a packet, which Socket.IO parses again."""

    dumps = staticmethod(engineio.json.dumps)

    @staticmethod
    def loads(text: str) -> object:
        """Leaves a text as it is: the library takes this error for "not JSON"."""
        raise ValueError("Engine.IO does not read this.")


def errors_only(name: str) -> logging.Logger:
    """A logger for the libraries, which would add a second handler to their own.

    Below errors they log what clients send, tokens and whole packets included.
    """
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger


@dataclass(frozen=True)
class EngineLimits:
    """Limits of one Engine.IO server, which has them as `limits`.

    Attributes:
        server: The Socket.IO server above it.
        max_packets: Packets allowed in one long-polling request.
        budget: Memory for messages that are being received.
    """

    server: Any
    max_packets: int
    budget: BufferBudget


def limit_engineio(socketio: SocketIO, max_packets: int, budget: BufferBudget) -> None:
    """Replaces how a server reads requests and WebSockets.

    Args:
        socketio: The server.
        max_packets: Packets allowed in one long-polling request.
        budget: Memory for messages that are being received.
    """
    eio = socketio.server.eio
    eio.limits = EngineLimits(socketio.server, max_packets, budget)
    eio.handle_request = partial(_handle_request, eio)
    packet.Packet.json = UnreadJson
    socket.Socket.handle_post_request = _read_post
    socket.Socket._websocket_handler = _read_websocket
    socket.Socket.websocket = None
    socket.Socket.turns = None


def _handle_request(eio: Any, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Refuses a request unread, or lets the library handle it; an exception becomes status 400."""
    status = _refusal(eio, environ)
    if status is None:
        environ[BUDGET] = eio.limits.budget
        try:
            response: Iterable[bytes] = type(eio).handle_request(eio, environ, start)
            return response
        except (OSError, StopIteration):
            raise  # The library tells a server so that its WebSocket has ended.
        except Exception as error:
            log.warning("An Engine.IO request failed (%s).", type(error).__name__)
            status = "400 Bad Request"
    # A body may still be on its way, and must not be taken for the next request.
    start(status, [("Content-Type", "text/plain"), ("Connection", "close")])
    return [status.encode()]


def _read_post(self: Any, environ: WSGIEnvironment) -> None:
    """Reads a long-polling request within the limits of its server, and yields after each packet.

    Raises:
        UnknownPacketError: The body is broken or too large; its connection is closed.
    """
    limits: EngineLimits = self.server.limits
    wire, length = environ["wsgi.input"], _length(environ)
    try:
        limits.budget.hold(wire, length, partial(hang_up, limits.server, self.sid))
        for text in _split(wire.read(length), limits.max_packets):
            self.receive(packet.Packet(encoded_packet=text))
            self.server.sleep(0)
    except Exception as error:
        cut_off(self, error)
        raise UnknownPacketError from error
    finally:
        limits.budget.release(wire)


def _refusal(eio: Any, environ: WSGIEnvironment) -> str | None:
    """The HTTP status that refuses a request unread, or None."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if "j" in query:  # JSONP, which any page of any origin could load as a script.
        return "400 Bad Request"
    if environ["REQUEST_METHOD"] == "POST":
        known = eio.sockets.get(query.get("sid"))
        accepted = known is not None and state_of(known).accepted
        if _length(environ) > (eio.max_http_buffer_size if accepted else TEXT_BYTES):
            return "413 Content Too Large"
    return None


def _length(environ: WSGIEnvironment) -> int:
    given = environ.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isdecimal() else 0


def _split(body: bytes, max_packets: int) -> Iterator[str]:
    """The packets of a long-polling request.

    Raises:
        ValueError: They are too many, not UTF-8, or too long and not an event.
    """
    packets = body.split(_SEPARATOR, max_packets) if body else []
    if len(packets) > max_packets:
        raise ValueError("too many packets")
    room = TEXT_BYTES
    for each in packets:
        text = each.decode()
        if not each.startswith(_BINARY):
            if len(each) > room:
                text = text[0] + shorten(text[1:])
            room -= len(text)
        yield text


def accept_images(connection: Any, turns: Any) -> None:
    """Lets a connection send messages as large as an image: its session is open.

    Args:
        connection: The Engine.IO socket.
        turns: Decides when an image is read, see `web.transport.websocket.Turns`.
    """
    connection.turns = turns
    if connection.websocket is not None:  # There is none while long polling lasts.
        connection.websocket.accept(turns)


def _read_websocket(self: Any, ws: Any) -> list[bytes]:
    """Reads a WebSocket until it ends. A broken packet ends it, and its descriptor is closed."""
    self.websocket = ws
    if self.turns is not None:
        accept_images(self, self.turns)
    try:
        _handle_websocket(self, ws)
    except Exception as error:
        if self.upgraded:
            cut_off(self, error)
        else:  # Long polling continues where the change to a WebSocket fails.
            self.upgrading = False
            log.info("Connection %s stays with long polling (%s).", self.sid, type(error).__name__)
    finally:
        self.websocket = None
        with suppress(Exception):  # The client may have hung up first.
            ws.close()
    return []
