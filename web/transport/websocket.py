"""WebSockets of eventlet, made fast for images and safe against clients that flood.

`tune_websockets` replaces, in eventlet:

- the reader of messages, by `MessageReader` under one memory budget. It leaves an image in its
  buffer until a worker is free, and drops the images that a newer one replaces there.
- the upgrade of Hixie-75 and -76, which has no limits and parses in quadratic time: refused.
- the negotiation of compression, which gains nothing on a JPEG: declined.
- `close`, which writes a line past the log about a client that hung up first.

It also sends short messages at once, where eventlet leaves Nagle's algorithm on: a prediction would
wait up to 40 ms until the client has acknowledged the TCP segment of the ack before it.

This module imports eventlet, so import it only where eventlet serves. Patching twice is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from socket import IPPROTO_TCP, SHUT_RDWR, SHUT_WR, TCP_NODELAY
from ssl import SSLWantReadError, SSLWantWriteError
from typing import Any, NoReturn, Protocol

import eventlet
from eventlet import websocket
from eventlet.greenio import GreenSocket

from web.transport.buffers import BUDGET, BufferBudget
from web.transport.event_size import TEXT_BYTES
from web.transport.framing import MaskedImage, pack_text
from web.transport.message_reader import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    Message,
    MessageReader,
    ProtocolViolation,
)
from web.transport.readiness import Readiness
from web.transport.yielding import Pace

READ_BYTES = 64 * 1024
_AVAILABLE = bytearray(256 * 1024)
"""Buffer of one read; shared, since no greenlet switches before it is copied."""

_NORMAL_CLOSURE = 1000


class Turns(Protocol):
    """Decides when the frames of one client are read."""

    def is_frame(self, text: str) -> bool:
        """Whether a message announces a frame, whose image is the next message."""
        ...

    def hold(self, text: str, inbox: BoundedWebSocket) -> str | None:
        """Waits for a frame's turn, and takes the frame.

        Args:
            text: Announces the frame; its image is the next message of `inbox`.
            inbox: The connection, on which newer frames may arrive.

        Returns:
            None if the frame was taken. The announcement of a frame that the library must handle,
            or another event that came after it.
        """
        ...


class BoundedWebSocket(websocket.RFC6455WebSocket):  # type: ignore[misc]
    """A WebSocket whose messages are limited, each alone and all together."""

    def __init__(self, sock: Any, environ: Mapping[str, Any], version: int, **options: Any) -> None:
        super().__init__(sock, environ, version, **options)
        self._budget: BufferBudget = environ[BUDGET]
        self._reader = MessageReader(min(TEXT_BYTES, self.max_frame_length))
        self._turns: Turns | None = None
        self._pace = Pace(eventlet.sleep)
        # Of plain sockets. TLS has a buffer of its own, of which epoll knows nothing.
        self._is_drained = False
        self._readiness = Readiness(sock.fileno()) if type(sock) is GreenSocket else None
        with suppress(OSError):  # The client may have hung up.
            sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)

    def accept(self, turns: Turns) -> None:
        """Lets the client send images, from now on.

        Args:
            turns: Decides when an image is read.
        """
        self._reader.max_bytes = self.max_frame_length
        self._turns = turns

    def wait(self) -> str | bytes | None:
        """Waits for the next message. None: the connection has ended."""
        try:
            while (data := self._next_data()) is None:
                pass
            self._budget.hold(self, self._reader.held, self._hang_up)
            return data
        except ProtocolViolation as error:
            self.close(close_data=(error.status, str(error)))
        except (EOFError, OSError):
            pass
        return None

    def close(self, close_data: tuple[int, str] | None = None) -> None:
        """Closes the connection, also after the client has hung up."""
        with suppress(OSError):
            self._send_closing_frame(close_data=close_data, ignore_send_errors=True)
            self.socket.shutdown(SHUT_WR)
        if self._readiness is not None:
            self._readiness.stop()
        self.socket.close()
        self._reader.clear()
        self._budget.release(self)

    def _next_data(self) -> str | bytes | None:
        """The next message, or None if it was not for the application."""
        message = self.next_message()
        if message.opcode >= CLOSE:
            self._handle_control(message)
            return None
        if message.opcode != TEXT:
            return message.data
        text = message.text()
        if self._turns is None or not self._turns.is_frame(text):
            return text
        while not self._reader.has_message:
            self._receive()
        return self._turns.hold(text, self)

    def newer_frames(self, head: bytes) -> int:
        """Counts, up to two, the frames that are complete behind the next message.

        Args:
            head: How their announcements begin.
        """
        return self._reader.count_pairs(head)

    def next_message(self) -> Message:
        """Waits for the next message or control frame.

        Raises:
            EOFError: The client hung up.
            ProtocolViolation: The client broke the protocol or a limit.
        """
        while (message := self._reader.next_message()) is None:
            self._receive()
        self._pace.step()
        return message

    def next_image(self) -> MaskedImage | None:
        """The next message if it is binary and complete; never waits."""
        return self._reader.next_image()

    def skip_message(self) -> None:
        """Forgets the next message, which must be complete."""
        self._reader.skip_message()

    def send_all(self, texts: Sequence[str]) -> None:
        """Sends messages in one go."""
        self._send(b"".join(map(self._pack_message, texts)))

    def send_at_once(self, text: str) -> bool:
        """Sends a message without waiting; False if an earlier one is still being sent.

        A green thread sends the rest of a message that the client does not read fast enough.
        """
        if self._sendlock.locked():
            return False
        message = pack_text(text)
        try:
            sent = self._send_available(message)
        except OSError:
            return False
        if sent < len(message):
            self._sendlock.acquire()
            eventlet.spawn(self._send_rest, message[sent:])
        return True

    def _send_available(self, message: bytes) -> int:
        """Sends what fits in the connection's buffer; returns its size."""
        if self._readiness is not None:
            with suppress(BlockingIOError):
                return int(self.socket.fd.send(message))
            return 0
        self.socket.act_non_blocking = True
        try:
            return int(self.socket.send(message))
        except (BlockingIOError, SSLWantReadError, SSLWantWriteError):
            return 0
        finally:
            self.socket.act_non_blocking = False

    def _send_rest(self, message: bytes) -> None:
        try:
            self.socket.sendall(message)
        except OSError:
            self._hang_up()
        finally:
            self._sendlock.release()

    def receive_available(self) -> None:
        """Reads what has arrived, without waiting.

        Raises:
            EOFError: The client hung up.
        """
        if self._is_drained or self._reader.held > self.max_frame_length:
            self._is_drained = False
            return
        self.socket.act_non_blocking = True
        try:
            size = self.socket.recv_into(_AVAILABLE)
            self._take(memoryview(_AVAILABLE)[:size])
        except (BlockingIOError, SSLWantReadError):
            pass
        finally:
            self.socket.act_non_blocking = False

    def _receive(self) -> None:
        """Waits for bytes; others get their turn before each read, also when a client floods."""
        if self._readiness is None:
            self._take(self.socket.recv(READ_BYTES))
            eventlet.sleep(0)
            return
        self._readiness.wait(self.socket.gettimeout())
        with suppress(BlockingIOError):
            size = self.socket.fd.recv_into(_AVAILABLE, READ_BYTES)
            self._is_drained = size < READ_BYTES
            self._take(memoryview(_AVAILABLE)[:size])

    def _take(self, data: bytes | memoryview) -> None:
        if not data:
            raise EOFError
        self._reader.feed(data)
        self._budget.hold(self, self._reader.held, self._hang_up)

    def _handle_control(self, message: Message) -> None:
        if message.opcode == PING:
            self.send(message.data, control_code=PONG)
        elif message.opcode == CLOSE:
            self.close(close_data=(_NORMAL_CLOSURE, ""))
            raise EOFError

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(SHUT_RDWR)


def tune_websockets() -> None:
    """Replaces the slow and the unlimited parts of eventlet's server side."""
    websocket.RFC6455WebSocket = BoundedWebSocket
    websocket.WebSocketWSGI._handle_legacy_request = _refuse_legacy_version
    websocket.WebSocketWSGI._negotiate_permessage_deflate = _decline_compression


def _refuse_legacy_version(_self: Any, _environ: Mapping[str, Any]) -> NoReturn:
    raise websocket.BadRequest(
        status="426 Upgrade Required", headers=[("Sec-WebSocket-Version", "13")]
    )


def _decline_compression(_self: Any, _extensions: Any) -> None:
    return None
