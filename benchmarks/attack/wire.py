"""WebSocket and Socket.IO messages as bytes, and a session on a raw socket.

Attackers use these instead of a client library: prepared bytes cost almost nothing to send, and a
library refuses to send invalid messages.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

from benchmarks.attack.endpoint import Deadline, Endpoint

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
NO_MASK = bytes(4)
"""A mask of zeros: RFC 6455 requires a client to mask, and this mask changes nothing."""

UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    b"Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
LONGEST_HEAD = 65536
ANALYSED = b'"status":"analysed"'


class Refused(OSError):
    """The service refused a connection or session."""


class Expired(Refused):
    """The service ended the session with `session_expired`."""


def header(length: int, opcode: int = TEXT, *, final: bool = True) -> bytes:
    """The header of a client's WebSocket message with a payload of `length` bytes."""
    first = opcode | (0x80 if final else 0)
    if length < 126:
        return struct.pack("!BB", first, 0x80 | length) + NO_MASK
    if length < 65536:
        return struct.pack("!BBH", first, 0x80 | 126, length) + NO_MASK
    return struct.pack("!BBQ", first, 0x80 | 127, length) + NO_MASK


def packet(payload: bytes, opcode: int = TEXT) -> bytes:
    """A complete WebSocket message of a client."""
    return header(len(payload), opcode) + payload


def connect_packet(token: str) -> bytes:
    """Socket.IO's CONNECT, with the access token if there is one."""
    return packet(b"40" + (json.dumps({"token": token}).encode() if token else b""))


def frame_event(seq: int) -> bytes:
    """The text of a `frame` event whose image follows; its ack has the number `seq`."""
    text = f'451-{seq}["frame",{{"seq":{seq}}},{{"_placeholder":true,"num":0}}]'
    return packet(text.encode())


class Inbox:
    """Parses a server's bytes to WebSocket messages, which are never fragmented."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Adds bytes; yields opcode and payload of each complete message."""
        self._bytes += data
        while (end := self._end()) <= len(self._bytes):
            start = self._start()
            yield self._bytes[0] & 0x0F, bytes(self._bytes[start:end])
            del self._bytes[:end]

    def _start(self) -> int:
        return {126: 4, 127: 10}.get(self._bytes[1], 2)

    def _end(self) -> int:
        """End of the first message; beyond the bytes if it is not known yet."""
        have = len(self._bytes)
        if have < 2 or have < self._start():
            return have + 1
        start = self._start()
        length = self._bytes[1] if start == 2 else int.from_bytes(self._bytes[2:start])
        return start + length


class Link:
    """A WebSocket on a raw socket, with an optional Socket.IO session.

    Args:
        endpoint: Where to connect.
        wire: An open connection; by default a new one.

    Raises:
        OSError: The service does not accept the connection.
    """

    def __init__(self, endpoint: Endpoint, wire: socket.socket | None = None) -> None:
        self.wire = wire or endpoint.dial()
        self._token = endpoint.token
        self._inbox = Inbox()
        self._ready: list[tuple[int, bytes]] = []
        try:
            self.wire.sendall(UPGRADE)
            self._read_head()
        except OSError:
            self.wire.close()
            raise

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()

    def join(self) -> Link:
        """Connects the Socket.IO session and waits for its `session` event.

        Raises:
            Refused: The service refuses the session.
            OSError: The connection broke.
        """
        self.wire.sendall(connect_packet(self._token))
        while not (message := self.receive()).startswith(b'42["session"'):
            if message.startswith(b"44"):
                raise Refused(message[2:300].decode(errors="replace"))
        return self

    def send_frame(self, seq: int, image: bytes) -> None:
        """Sends a `frame` event.

        Args:
            seq: Number of the frame and of its ack.
            image: The image as a message of `packet(..., BINARY)`.
        """
        self.wire.sendall(frame_event(seq) + image)

    def await_ack(self, seq: int) -> bytes:
        """Waits for the ack of a frame and returns its JSON text."""
        start = b"43%d[" % seq
        while not (message := self.receive()).startswith(start):
            pass
        return message[len(start) - 1 :]

    def receive(self) -> bytes:
        """Returns the next message, and responds to Engine.IO's pings.

        Raises:
            Expired: The service ended the session.
            Refused: The service closed the connection.
            TimeoutError: Nothing arrived within the socket's timeout.
        """
        while True:
            while not self._ready:
                self._read()
            opcode, payload = self._ready.pop(0)
            if opcode == CLOSE:
                raise Refused("the service closed the connection")
            if payload.startswith(b'42["session_expired"'):
                raise Expired(payload[2:200].decode(errors="replace"))
            if payload != b"2":
                return payload
            self.wire.sendall(packet(b"3"))

    def read_available(self) -> list[bytes]:
        """Reads once; returns the complete messages, and responds to Engine.IO's pings.

        Raises:
            Refused: The service closed the connection.
            BlockingIOError: Nothing has arrived on a socket that does not wait.
        """
        self._read()
        messages, self._ready = self._ready, []
        if any(opcode == CLOSE for opcode, _ in messages):
            raise Refused("the service closed the connection")
        if (TEXT, b"2") in messages:
            self.wire.sendall(packet(b"3"))
        return [payload for _, payload in messages]

    def idle(self, seconds: float) -> None:
        """Waits, and responds to the service's pings meanwhile.

        Raises:
            Refused: The service closed the connection.
        """
        deadline = Deadline.after(seconds)
        while (left := deadline.left) > 0:
            self.wire.settimeout(left)
            with suppress(TimeoutError):
                self.receive()

    def _read(self) -> None:
        data = self.wire.recv(65536)
        if not data:
            raise Refused("the service closed the connection")
        self._ready += self._inbox.feed(data)

    def _read_head(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            data = self.wire.recv(4096)
            if not data or len(head) > LONGEST_HEAD:
                raise Refused("the service closed the connection")
            head += data
        head, _, rest = head.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Refused(head[:100].decode(errors="replace"))
        self._ready += self._inbox.feed(rest)
