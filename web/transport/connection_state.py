"""State of an Engine.IO connection: one Socket.IO session, from its start to its end.

Rate limits belong to a session. A client that leaves its session and opens the next one on the same
connection would get new limits each time. So a connection ends with its session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_REFUSALS = 5
"""Refused CONNECT packets, such as wrong tokens, before a connection is closed."""

_KEY = "mien"


@dataclass
class ConnectionState:
    """State of one connection.

    Attributes:
        accepted: Whether its session was opened; it may have ended since.
        refusals: CONNECT packets that opened no session.
        over: Whether everything that it sends is ignored.
    """

    accepted: bool = False
    refusals: int = 0
    over: bool = False


def state_of(socket: Any) -> ConnectionState:
    """State of a connection, for as long as its Engine.IO socket exists."""
    state: ConnectionState = socket.session.setdefault(_KEY, ConnectionState())
    return state


def make_last_refusal(server: Any, session: str) -> None:
    """Closes the connection of a client after the refusal that its handler is about to raise."""
    connection = server.manager.eio_sid_from_sid(session, "/")
    socket = server.eio.sockets.get(connection)
    if socket is not None:
        state_of(socket).refusals = MAX_REFUSALS
