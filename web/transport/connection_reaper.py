"""Closes connections that clients would keep open.

A client opens an Engine.IO connection first, and then its session on that. One that never does the
second, that is refused for want of a token, or that leaves its session and stays would be kept for
as long as it answers pings.
"""

from __future__ import annotations

import logging
from itertools import islice
from typing import Any

from flask_socketio import SocketIO

from web.transport.connection_state import state_of

log = logging.getLogger(__name__)

UNAUTHENTICATED_SECONDS = 10.0
UNAUTHENTICATED_CONNECTIONS = 500
"""Connections without a session, beside as many as there may be with one."""
STRANGERS_AT_ONCE = 20
"""Closed together, since looking for them takes longer than closing them."""
LAST_LOOKS, LOOK_SECONDS = 20, 0.1


def cut_off(socket: Any, error: Exception) -> None:
    """Closes the connection of a client that broke a packet format, with one line in the log.

    Every exception of a parser ends here, whatever its kind: what a parser raises on hostile input
    is not a closed list.
    """
    if socket.closed:
        return
    # Not the error's own words: they may quote the packet, and so a picture.
    log.warning("connection %s sent a broken packet (%s)", socket.sid, type(error).__name__)
    # The library would wait here until the client has taken all that waits for it.
    socket.close(wait=False, abort=True, reason=socket.server.reason.TRANSPORT_ERROR)


def hang_up(server: Any, connection: str) -> None:
    """Closes a connection after what waits to be sent.

    The caller does not wait for that, and nobody does so without an end, as the library would: a
    client that takes nothing more would keep one of our threads forever.
    """
    socket = server.eio.sockets.get(connection)
    if socket is None:
        return
    if socket.upgraded:
        socket.close(wait=False)
    else:
        server.start_background_task(_close_when_taken, server, socket)


def _close_when_taken(server: Any, socket: Any) -> None:
    """Gives a client that polls the time for one more request: a closed socket answers none."""
    for _ in range(LAST_LOOKS):
        if socket.queue.empty():
            break
        server.sleep(LOOK_SECONDS)
    socket.close(wait=False)


def limit_unauthenticated(socketio: SocketIO, most: int) -> None:
    """Closes the oldest connections without a session where there are too many.

    A client that polls needs no open socket to keep one, so the caps on sockets do not count them.

    Args:
        socketio: The server.
        most: Connections with and without a session.
    """
    eio = socketio.server.eio
    connect = eio._handle_connect

    def handle_connect(*arguments: Any) -> Any:
        if len(eio.sockets) >= most:
            strangers = (each for each in list(eio.sockets.values()) if not state_of(each).accepted)
            for oldest in list(islice(strangers, STRANGERS_AT_ONCE)):
                eio.sockets.pop(oldest.sid, None)
                oldest.close(wait=False, abort=True, reason=eio.reason.SERVER_DISCONNECT)
        return connect(*arguments)

    eio._handle_connect = handle_connect


def close_unauthenticated(socketio: SocketIO, seconds: float) -> None:
    """Closes, from now on, each connection that has had no session for that long.

    It may take twice as long: a connection goes if it has no session at two looks in a row.
    """
    server = socketio.server

    def watch() -> None:
        before: set[str] = set()
        while True:
            server.sleep(seconds)
            now = _strangers(server)
            for connection in now & before:
                hang_up(server, connection)
            before = now

    server.start_background_task(watch)


def _strangers(server: Any) -> set[str]:
    session_of = server.manager.sid_from_eio_sid
    return {each for each in list(server.eio.sockets) if session_of(each, "/") is None}
