"""Bounds for what Engine.IO, the layer below Socket.IO, takes from a client.

The library reads any body before it knows its sender, parses all packets of a request at once,
answers in JSONP, logs the whole trace of a broken packet, and leaves its connection open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import engineio.json
from engineio import packet, socket
from engineio.exceptions import UnknownPacketError
from flask_socketio import SocketIO

from web.transport.buffers import BufferBudget
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
        raise ValueError("not for Engine.IO")


def errors_only(name: str) -> logging.Logger:
    """A logger for the libraries, which would give their own one a second handler.

    Below errors they log what clients send, with tokens and whole packets.
    """
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger


def bound_engine(socketio: SocketIO, max_packets: int, budget: BufferBudget) -> None:
    """Replaces how Engine.IO reads requests and WebSockets.

    Args:
        socketio: The server.
        max_packets: Packets allowed in one long-polling request.
        budget: Memory for the bodies of requests.
    """
    eio = socketio.server.eio
    handle = type(eio).handle_request

    def handle_request(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        status = _refusal(eio, environ)
        if status is None:
            try:
                answer: Iterable[bytes] = handle(eio, environ, start)
                return answer
            except (OSError, StopIteration):
                raise  # So the library tells a server that its WebSocket has ended.
            except Exception as error:
                log.warning("an Engine.IO request failed (%s)", type(error).__name__)
                status = "400 Bad Request"
        # A body may still be on its way, and must not be taken for the next request.
        start(status, [("Content-Type", "text/plain"), ("Connection", "close")])
        return [status.encode()]

    def read_post(self: Any, environ: WSGIEnvironment) -> None:
        length = _length(environ)
        try:
            budget.hold(environ["wsgi.input"], length, partial(hang_up, socketio.server, self.sid))
            body = environ["wsgi.input"].read(length)
            for text in _split(body, max_packets):
                self.receive(packet.Packet(encoded_packet=text))
                self.server.sleep(0)
        except Exception as error:
            cut_off(self, error)
            raise UnknownPacketError from error
        finally:
            budget.release(environ["wsgi.input"])

    eio.handle_request = handle_request
    packet.Packet.json = UnreadJson
    socket.Socket.handle_post_request = read_post
    socket.Socket._websocket_handler = _read_websocket
    socket.Socket.websocket = None
    socket.Socket.turns = None


def _refusal(eio: Any, environ: WSGIEnvironment) -> str | None:
    """The HTTP status with which a request is refused unread, or None."""
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


def accept_pictures(connection: Any, turns: Any) -> None:
    """Lets an Engine.IO socket bring messages as large as a picture: its session is open.

    Args:
        connection: The Engine.IO socket.
        turns: Says when a picture has its turn, see `web.transport.websocket.Turns`.
    """
    connection.turns = turns
    if connection.websocket is not None:  # There is none while long polling lasts.
        connection.websocket.accept(turns)


def _read_websocket(self: Any, ws: Any) -> list[bytes]:
    """Reads a WebSocket until it ends. A broken packet ends it, and its descriptor is closed."""
    self.websocket = ws
    if self.turns is not None:
        accept_pictures(self, self.turns)
    try:
        _handle_websocket(self, ws)
    except Exception as error:
        if self.upgraded:
            cut_off(self, error)
        else:  # Long polling continues where the change to a WebSocket fails.
            self.upgrading = False
            log.info("connection %s stays with long polling (%s)", self.sid, type(error).__name__)
    finally:
        self.websocket = None
        with suppress(Exception):  # The client may have hung up first.
            ws.close()
    return []
