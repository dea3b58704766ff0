"""Pings of all Engine.IO connections by one task.

The library keeps a green thread, or a real one, asleep for each connection, and with it the
connection itself for 25 seconds after its end. A client that opens thousands would fill the memory.

`send_pings` patches `Socket.schedule_ping`. Doing so twice is harmless.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from functools import partial
from typing import Any

from engineio import packet, socket
from engineio.exceptions import SocketIsClosedError
from flask_socketio import SocketIO

from web.transport.background_tasks import start_once

LOOK_SECONDS = 0.5


def send_pings(socketio: SocketIO) -> None:
    """Sends the pings of a server from now on. A second call starts no second task."""
    socket.Socket.ping_due = math.inf
    socket.Socket.schedule_ping = _schedule_ping
    start_once(socketio, "pings", partial(_watch, socketio.server.eio))


def _schedule_ping(self: Any) -> None:
    """Makes the next ping due, unless the answer to the last one is awaited or it is due."""
    if self.last_ping:
        self.last_ping = None
        self.ping_due = time.monotonic() + self.server.ping_interval


def _watch(eio: Any) -> None:
    while True:
        eio.sleep(LOOK_SECONDS)
        now = time.monotonic()
        for connection in [each for each in list(eio.sockets.values()) if each.ping_due <= now]:
            connection.ping_due = math.inf
            connection.last_ping = time.time()
            with suppress(SocketIsClosedError):
                connection.send(packet.Packet(packet.PING))
