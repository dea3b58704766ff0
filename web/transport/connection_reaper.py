"""Closes connections that clients would keep open without a session.

A client first opens an Engine.IO connection, and then its session on that connection. The library
keeps a client that never opens a session, that gives no valid token, or that leaves its session and
stays, for as long as it answers pings.

`limit_unauthenticated` patches `_handle_connect` of one server. Doing so twice is harmless.
"""

from __future__ import annotations

import logging
from functools import partial
from itertools import islice
from typing import Any

from flask_socketio import SocketIO

from web.transport.background_tasks import start_once
from web.transport.connection_state import state_of

log = logging.getLogger(__name__)

UNAUTHENTICATED_SECONDS = 10.0
UNAUTHENTICATED_CONNECTIONS = 500
"""Connections without a session, beside as many as there may be with one."""
CLOSED_AT_ONCE = 20
"""Closed together, since finding them takes longer than closing them."""
LAST_LOOKS, LOOK_SECONDS = 20, 0.1


def cut_off(socket: Any, error: Exception) -> None:
    """Closes the connection of a client that broke a packet format, with one line in the log.

    It takes every kind of exception: what a parser raises on hostile input is not a closed list.
    """
    if socket.closed:
        return
    # Not the error's own text, which may quote the packet, and so an image.
    log.warning("Connection %s sent a broken packet (%s).", socket.sid, type(error).__name__)
    # The library would wait here until the client has read all that is queued for it.
    socket.close(wait=False, abort=True, reason=socket.server.reason.TRANSPORT_ERROR)


def hang_up(server: Any, connection: str) -> None:
    """Closes a connection once what is queued for it has been sent.

    The caller does not wait for that. No thread waits forever, as the library's would for a client
    that reads nothing more.
    """
    socket = server.eio.sockets.get(connection)
    if socket is None:
        return
    if socket.upgraded:
        socket.close(wait=False)
    else:
        server.start_background_task(_close_when_taken, server, socket)


def _close_when_taken(server: Any, socket: Any) -> None:
    """Gives a polling client time for one more request: a closed socket answers none."""
    for _ in range(LAST_LOOKS):
        if socket.queue.empty():
            break
        server.sleep(LOOK_SECONDS)
    socket.close(wait=False)


def limit_unauthenticated(socketio: SocketIO, most: int) -> None:
    """Closes the oldest connections without a session if there are too many.

    A polling client needs no open socket to keep one, so the limits on sockets do not count it.

    Args:
        socketio: The server.
        most: Connections with and without a session.
    """
    eio = socketio.server.eio
    eio._handle_connect = partial(_handle_connect, eio, most)


def _handle_connect(eio: Any, most: int, *arguments: Any) -> Any:
    if len(eio.sockets) >= most:
        unaccepted = (each for each in list(eio.sockets.values()) if not state_of(each).accepted)
        for oldest in list(islice(unaccepted, CLOSED_AT_ONCE)):
            eio.sockets.pop(oldest.sid, None)
            oldest.close(wait=False, abort=True, reason=eio.reason.SERVER_DISCONNECT)
    return type(eio)._handle_connect(eio, *arguments)


def close_unauthenticated(socketio: SocketIO, seconds: float) -> None:
    """Closes, from now on, each connection that has had no session for this many seconds.

    It may take twice as long: a connection is closed if it has no session at two checks in a row.
    A second call starts no second task.
    """
    start_once(socketio, "close unauthenticated", partial(_watch, socketio.server, seconds))


def _watch(server: Any, seconds: float) -> None:
    before: set[str] = set()
    while True:
        server.sleep(seconds)
        now = _without_session(server)
        for connection in now & before:
            hang_up(server, connection)
        before = now


def _without_session(server: Any) -> set[str]:
    session_of = server.manager.sid_from_eio_sid
    return {each for each in list(server.eio.sockets) if session_of(each, "/") is None}
