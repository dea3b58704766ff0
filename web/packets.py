"""Bounds what a Socket.IO packet may hold or name before any handler has looked at it."""

from __future__ import annotations

import logging
from typing import Any

from flask_socketio import SocketIO
from socketio import packet

from web.connections import hang_up

log = logging.getLogger(__name__)

RESERVED = {"connect", "disconnect", "connect_error", "*"}
"""Names of handlers that the library calls itself; a client may not."""

ATTACHMENTS_PER_FACE = 4


def limit_packets(max_faces: int) -> type[packet.Packet]:
    """Makes the packet class of a server whose clients send at most `max_faces` images an event.

    The binary parts of an event are gathered until all are there, and the library lets a client
    announce ten thousand million of them. Somewhat too many are let through, so that an honest
    client is told its mistake.
    """
    most = ATTACHMENTS_PER_FACE * max_faces

    class LimitedPacket(packet.Packet):  # type: ignore[misc]
        data: Any

        def decode(self, encoded_packet: str) -> int:
            count = int(super().decode(encoded_packet) or 0)
            if count > most:
                raise ValueError(f"an event with {count} attachments; at most {most} pass")
            if self.packet_type in {packet.EVENT, packet.BINARY_EVENT}:
                self.data = _tame(self.data)
            return count

    return LimitedPacket


def guard_packets(socketio: SocketIO) -> None:
    """Keeps a client's packets from harming others, however broken or many they are.

    One that breaks the packet format loses its connection, with one line in the log. One that
    sends without a pause lets the others have their turn after each packet.
    """
    server = socketio.server
    handle = server.eio.handlers["message"]

    def guarded(connection: str, data: object) -> None:
        if connection not in server.environ:
            return  # It was closed; the library would open a session on it that never ends.
        try:
            handle(connection, data)
        except Exception as error:
            # Not the error's own words: they may quote the packet, and so a picture.
            kind = type(error).__name__
            log.warning("connection %s sent a broken packet (%s) and is closed", connection, kind)
            server.start_background_task(hang_up, server, connection)
        server.sleep(0)

    server.eio.handlers["message"] = guarded


def _tame(data: object) -> list[object]:
    """An event whose name is a text that no handler of the library bears."""
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        return ["(no name)"]
    return [f"client {data[0]}", *data[1:]] if data[0] in RESERVED else data
