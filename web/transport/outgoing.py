"""Sends Socket.IO packets of one client, without the queue and the green thread of Engine.IO.

python-socketio finds the recipients of an event in its rooms, and puts the packet in a queue, from
which a green thread of the connection takes it. A WebSocket that can send at once needs none of it:
a packet then costs a sixth of the processor time. Others, and those whose client does not read fast
enough, take the library's way. So packets keep their order.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE, Packet
from pydantic_core import to_json


def send_event(server: Any, session: str, event: str, payload: object) -> None:
    """Sends an event to one client; does nothing if the client has left.

    Args:
        server: The Socket.IO server.
        session: Id of the client's session in the namespace `/`.
        event: Name of the event.
        payload: Its argument, without binary parts.
    """
    connection = server.eio.sockets.get(server.manager.eio_sid_from_sid(session, "/"))
    if connection is not None:
        send_packet(connection, "2" + encode([event, payload]))


def send_packet(connection: Any, text: str) -> None:
    """Sends a Socket.IO packet.

    Args:
        connection: The Engine.IO socket.
        text: The packet as text.
    """
    if _sends_at_once(connection) and connection.websocket.send_at_once(f"{MESSAGE}{text}"):
        return
    with suppress(SocketIsClosedError):
        connection.send(Packet(MESSAGE, text))


def encode(value: object) -> str:
    """JSON of a value."""
    return to_json(value).decode()


def _sends_at_once(connection: Any) -> bool:
    """Whether no earlier packet waits. A connection that owes a pong is checked by the library."""
    return bool(
        connection.websocket is not None
        and connection.upgraded
        and not (connection.closed or connection.closing or connection.last_ping)
        and connection.queue.empty()
    )
