"""Limits for what a Socket.IO packet may contain or name, before any handler sees it.

`guard_packets` replaces the handlers `message` and `disconnect` of one Engine.IO server. Doing so
twice is harmless.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import engineio.json
from flask_socketio import SocketIO
from socketio import packet

from web.transport.buffers import BufferBudget
from web.transport.connection_reaper import cut_off, hang_up
from web.transport.connection_state import MAX_REFUSALS, ConnectionState, state_of
from web.transport.event_size import TEXT_BYTES, shorten

log = logging.getLogger(__name__)

RESERVED = {"connect", "disconnect", "connect_error", "*"}
"""Names of handlers that the library calls itself; a client may not."""

ATTACHMENTS_PER_FACE = 4

WAITING_PACKETS = 1000
"""Queued packets of a client that reads nothing, before it is closed. Honest ones have a few."""


class ShortJson:
    """The library's JSON, for texts of limited length.

    Both layers of the library parse a text in the event loop, before they know its sender.
    """

    dumps = staticmethod(engineio.json.dumps)

    @staticmethod
    def loads(text: str) -> object:
        """Reads a text.

        Raises:
            ValueError: It is too long, or not JSON.
        """
        if len(text) > TEXT_BYTES:
            raise ValueError(f"a text of {len(text)} characters, the limit is {TEXT_BYTES}")
        value: object = engineio.json.loads(text)
        return value


def limit_packets(max_faces: int, max_bytes: int) -> type[packet.Packet]:
    """Makes the packet class of a server.

    The library gathers the binary parts of an event until all have arrived. It lets a client
    announce ten thousand million of them, each as large as a message may be. These limits are above
    the protocol's, so that an honest client learns its mistake from an error.

    Args:
        max_faces: Images that an event may have.
        max_bytes: Size of all parts of an event together.
    """
    most = ATTACHMENTS_PER_FACE * max_faces

    class LimitedPacket(packet.Packet):  # type: ignore[misc]
        data: Any

        def decode(self, encoded_packet: str) -> int:
            if isinstance(encoded_packet, str) and len(encoded_packet) > TEXT_BYTES:
                encoded_packet = shorten(encoded_packet)
            count = int(super().decode(encoded_packet) or 0)
            if count > most:
                raise ValueError(f"an event with {count} attachments, the limit is {most}")
            if self.packet_type in {packet.EVENT, packet.BINARY_EVENT}:
                self.data = _sanitize(self.data)
            return count

        def add_attachment(self, attachment: bytes) -> bool:
            if sum(map(len, self.attachments)) + len(attachment) > max_bytes:
                raise ValueError(f"an event with more than {max_bytes} bytes of attachments")
            return bool(super().add_attachment(attachment))

    return LimitedPacket


def guard_packets(socketio: SocketIO, budget: BufferBudget) -> None:
    """Keeps the packets of one client from harming the others.

    A client that breaks the packet format, or sends anything before its session is accepted, loses
    its connection, with one line in the log. After each packet the others get their turn.

    Args:
        socketio: The server.
        budget: Memory for the parts of unfinished events.
    """
    server = socketio.server
    server.eio.handlers["message"] = partial(_receive, server, budget)
    server.eio.handlers["disconnect"] = partial(_end, server, budget)


def _receive(server: Any, budget: BufferBudget, connection: str, data: object) -> None:
    socket = server.eio.sockets.get(connection)
    # On a connection that was closed the library would open a session that never ends.
    if socket is None or connection not in server.environ or state_of(socket).over:
        return
    try:
        _check_order(state_of(socket), data)
        server._handle_eio_message(connection, data)
        _hold_parts(server, socket, budget)
    except Exception as error:
        state_of(socket).over = True
        cut_off(socket, error)
    else:
        _follow(server, socket, data)
    server.sleep(0)


def _end(server: Any, budget: BufferBudget, connection: str, reason: str) -> None:
    budget.release(connection)
    server._handle_eio_disconnect(connection, reason)


def _hold_parts(server: Any, socket: Any, budget: BufferBudget) -> None:
    """Counts the parts of an event that is not complete."""
    unfinished = server._binary_packet.get(socket.sid)
    size = sum(map(len, unfinished.attachments)) if unfinished else 0
    budget.hold(socket.sid, size, partial(hang_up, server, socket.sid))


def _check_order(state: ConnectionState, data: object) -> None:
    if not state.accepted and not _is_connect(data):
        raise ValueError("a packet before the session is accepted")


def _follow(server: Any, socket: Any, data: object) -> None:
    """Keeps the state of a connection, and ends it with its session."""
    state = state_of(socket)
    session = server.manager.sid_from_eio_sid(socket.sid, "/")
    had_session = state.accepted
    state.accepted |= server.manager.is_connected(session, "/")
    if _is_connect(data) and state.accepted == had_session:
        state.refusals += 1
    if state.refusals >= MAX_REFUSALS:
        log.warning("Connection %s was refused %d times and is closed.", socket.sid, MAX_REFUSALS)
    elif socket.queue.qsize() > WAITING_PACKETS:
        log.warning(
            "Connection %s has not read %d packets and is closed.", socket.sid, WAITING_PACKETS
        )
    elif not had_session or session is not None:
        return
    state.over = True
    server.start_background_task(hang_up, server, socket.sid)


def _is_connect(data: object) -> bool:
    return isinstance(data, str) and data.startswith(str(packet.CONNECT))


def _sanitize(data: object) -> list[object]:
    """Renames an event without a name, or with one that the library itself handles."""
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        return ["(no name)"]
    return [f"client {data[0]}", *data[1:]] if data[0] in RESERVED else data
