"""Bounds what one Socket.IO event may hold in memory before anyone has looked at it."""

from __future__ import annotations

from socketio.packet import Packet


def limit_attachments(most: int) -> type[Packet]:
    """Makes a packet class that refuses events of more than `most` binary attachments.

    The binary parts of an event are gathered until all are there. The library lets a client
    announce ten thousand million of them; each may be as large as a message.
    """

    class LimitedPacket(Packet):  # type: ignore[misc]
        def decode(self, encoded_packet: str) -> int:
            count = int(super().decode(encoded_packet) or 0)
            if count > most:
                raise ValueError(f"an event with {count} attachments; at most {most} pass")
            return count

    return LimitedPacket
