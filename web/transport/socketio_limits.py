"""Bounds what a Socket.IO packet may hold or name before any handler has looked at it."""

from __future__ import annotations

import logging
from typing import Any

import engineio.json
from flask_socketio import SocketIO
from socketio import packet

from web.transport.connection_reaper import hang_up

log = logging.getLogger(__name__)

RESERVED = {"connect", "disconnect", "connect_error", "*"}
"""Names of handlers that the library calls itself; a client may not."""

ATTACHMENTS_PER_FACE = 4

TEXT_BYTES = 64 * 1024
"""Of a packet's text; what is said of the faces of a frame takes a tenth of it."""

WAITING_PACKETS = 1000
"""For a client that takes nothing, before its connection is closed. Honest ones have a few."""


class ShortJson:
    """The library's JSON, for texts of bounded length.

    Both layers of the library read a text in the event loop, before anyone knows its sender.
    """

    dumps = staticmethod(engineio.json.dumps)

    @staticmethod
    def loads(text: str) -> object:
        """Reads a text.

        Raises:
            ValueError: It is too long, or no JSON.
        """
        if len(text) > TEXT_BYTES:
            raise ValueError(f"a text of {len(text)} characters; at most {TEXT_BYTES} pass")
        value: object = engineio.json.loads(text)
        return value


def limit_packets(max_faces: int, max_bytes: int) -> type[packet.Packet]:
    """Makes the packet class of a server.

    The binary parts of an event are gathered until all are there, and the library lets a client
    announce ten thousand million of them, each as large as a message may be. Somewhat too much is
    let through, so that an honest client is told its mistake.

    Args:
        max_faces: Images that an event may bring.
        max_bytes: What all parts of an event may take together.
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

        def add_attachment(self, attachment: bytes) -> bool:
            if sum(map(len, self.attachments)) + len(attachment) > max_bytes:
                raise ValueError(f"an event whose parts have more than {max_bytes} bytes")
            return bool(super().add_attachment(attachment))

    return LimitedPacket


def guard_packets(socketio: SocketIO) -> None:
    """Keeps a client's packets from harming others, however broken or many they are.

    One that breaks the packet format, or lets its answers pile up, loses its connection, with one
    line in the log. One that sends without a pause lets the others have their turn after each
    packet.
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
            close(connection, f"sent a broken packet ({type(error).__name__})")
        else:
            if waiting(connection) > WAITING_PACKETS:
                close(connection, f"takes none of {WAITING_PACKETS} answers")
        server.sleep(0)

    def waiting(connection: str) -> int:
        socket = server.eio.sockets.get(connection)
        return socket.queue.qsize() if socket else 0

    def close(connection: str, why: str) -> None:
        log.warning("connection %s %s and is closed", connection, why)
        server.start_background_task(hang_up, server, connection)

    server.eio.handlers["message"] = guarded


def _tame(data: object) -> list[object]:
    """An event whose name is a text that no handler of the library bears."""
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        return ["(no name)"]
    return [f"client {data[0]}", *data[1:]] if data[0] in RESERVED else data
