"""Reader for WebSocket frames: bytes in, messages out, no socket.

Eventlet's own reader unmasks byte by byte (11 ms for a frame of 30 KB, in the event loop), needs
several reads per message and does not limit fragments.
docs/explanation/decisions.md has the measurements. Source: RFC 6455, section 5.
"""

from __future__ import annotations

from typing import NamedTuple

from web.transport.framing import MaskedImage, unmask

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
PROTOCOL_ERROR, BAD_TEXT, TOO_LARGE = 1002, 1007, 1009

MAX_PARTS = 4096
BYTES_PER_PART = 256
"""A message may have 4096 fragments, and one more for each 256 bytes."""

_FINAL, _RESERVED, _MASKED, _LENGTH = 0x80, 0x70, 0x80, 0x7F
_MAX_CONTROL_BYTES = 125
_WHOLE_IMAGE = bytes((_FINAL | BINARY,))
_EXTENDED = {126: 2, 127: 8}


class ProtocolViolation(ValueError):
    """A client broke RFC 6455, or a limit.

    Attributes:
        status: Status of the close frame.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Message(NamedTuple):
    """A whole message or control frame.

    Attributes:
        opcode: `TEXT`, `BINARY`, `CLOSE`, `PING` or `PONG`.
        data: Its payload, without mask.
    """

    opcode: int
    data: bytes

    def text(self) -> str:
        """The payload of a text message.

        Raises:
            ProtocolViolation: It is not UTF-8.
        """
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            raise ProtocolViolation(BAD_TEXT, "Text must be UTF-8.") from error


class _Head(NamedTuple):
    opcode: int
    is_final: bool
    start: int
    end: int


class MessageReader:
    """Collects the bytes of one client and returns its messages.

    Args:
        max_bytes: Largest message; may be changed at any time.

    Example:
        >>> reader = MessageReader(max_bytes=1000)
        >>> reader.feed(bytes([0x81, 0x82, 0, 0, 0, 0]) + b"hi")
        >>> reader.next_message()
        Message(opcode=1, data=b'hi')
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._buffer = bytearray()
        self._needed = 0
        self._parts: list[bytes] = []
        self._size = 0
        self._opcode = CONTINUATION

    @property
    def held(self) -> int:
        """Bytes of messages that are not complete yet."""
        return len(self._buffer) + self._size

    def feed(self, data: bytes | memoryview) -> None:
        """Adds bytes that the client sent."""
        self._buffer += data

    @property
    def has_message(self) -> bool:
        """Whether the next frame is complete.

        Raises:
            ProtocolViolation: It breaks the protocol or a limit, complete or not.
        """
        return self._read_head() is not None

    def next_image(self) -> MaskedImage | None:
        """Returns the next message if it is binary, complete and in one frame.

        Raises:
            ProtocolViolation: The client broke the protocol or a limit.
        """
        if self._buffer[:1] != _WHOLE_IMAGE or (head := self._read_head()) is None:
            return None
        return MaskedImage(*self._take_masked(head))

    def skip_message(self) -> None:
        """Forgets the next message, which must be complete and in one frame."""
        del self._buffer[: self._frame_end(0)]
        self._needed = 0

    def count_pairs(self, head: bytes) -> int:
        """Counts the complete pairs of text and binary behind the next message, up to two.

        Args:
            head: Beginning of the texts.
        """
        pairs, end = 0, self._frame_end(0)
        while end and pairs < 2 and (text_end := self._frame_end(end)):
            if not self._begins_with(end, head) or not (end := self._frame_end(text_end)):
                break
            pairs += 1
        return pairs

    def _frame_end(self, at: int) -> int | None:
        """End of the frame that begins at an offset, or None while it is not complete."""
        buffer = self._buffer
        if len(buffer) < at + 2:
            return None
        size = buffer[at + 1] & _LENGTH
        extended = _EXTENDED.get(size, 0)
        if extended:
            size = int.from_bytes(buffer[at + 2 : at + 2 + extended])
        end = at + 2 + extended + 4 + size
        return end if end <= len(buffer) else None

    def _begins_with(self, at: int, head: bytes) -> bool:
        if self._buffer[at] != _FINAL | TEXT:
            return False
        start = at + 6 + _EXTENDED.get(self._buffer[at + 1] & _LENGTH, 0)
        mask, masked = self._buffer[start - 4 : start], self._buffer[start : start + len(head)]
        return unmask(masked, bytes(mask)) == head

    def clear(self) -> None:
        """Forgets all bytes."""
        self._buffer, self._parts, self._size, self._needed = bytearray(), [], 0, 0

    def next_message(self) -> Message | None:
        """Returns the next message or control frame, or None while it is not complete.

        Raises:
            ProtocolViolation: The client broke the protocol or a limit.
        """
        while (head := self._read_head()) is not None:
            data = self._take_payload(head)
            if head.opcode >= CLOSE:
                return Message(head.opcode, data)
            self._add_part(head, data)
            if head.is_final:
                return self._finish()
        return None

    def _read_head(self) -> _Head | None:
        """Checks the head of the next frame; returns it once the whole frame has arrived."""
        buffer = self._buffer
        if len(buffer) < max(2, self._needed):
            return None
        size = buffer[1] & _LENGTH
        extended = _EXTENDED.get(size, 0)
        start = 2 + extended + 4
        if len(buffer) < start:
            return None
        self._check(buffer[0], buffer[1])
        if extended:
            size = int.from_bytes(buffer[2 : 2 + extended])
        if size + self._size > self.max_bytes:
            raise ProtocolViolation(TOO_LARGE, f"Message exceeds {self.max_bytes} bytes.")
        self._needed = start + size
        if len(buffer) < self._needed:
            return None
        return _Head(buffer[0] & 0x0F, bool(buffer[0] & _FINAL), start, start + size)

    def _check(self, first: int, second: int) -> None:
        opcode = first & 0x0F
        if first & _RESERVED:
            raise ProtocolViolation(PROTOCOL_ERROR, "No extension was negotiated.")
        if not second & _MASKED:
            raise ProtocolViolation(PROTOCOL_ERROR, "Frames of a client must be masked.")
        if opcode in {CLOSE, PING, PONG}:
            if not first & _FINAL or second & _LENGTH > _MAX_CONTROL_BYTES:
                raise ProtocolViolation(PROTOCOL_ERROR, "Control frames must be short and whole.")
        elif opcode not in {CONTINUATION, TEXT, BINARY}:
            raise ProtocolViolation(PROTOCOL_ERROR, "Unknown opcode.")
        elif (opcode == CONTINUATION) != bool(self._parts):
            raise ProtocolViolation(PROTOCOL_ERROR, "Unexpected fragment.")

    def _take_payload(self, head: _Head) -> bytes:
        return unmask(*self._take_masked(head))

    def _take_masked(self, head: _Head) -> tuple[bytearray, bytes]:
        mask = bytes(self._buffer[head.start - 4 : head.start])
        data = self._buffer[head.start : head.end]
        del self._buffer[: head.end]
        self._needed = 0
        return data, mask

    def _add_part(self, head: _Head, data: bytes) -> None:
        if head.opcode != CONTINUATION:
            self._opcode = head.opcode
        self._parts.append(data)
        self._size += len(data)
        if len(self._parts) > MAX_PARTS + self._size / BYTES_PER_PART:
            raise ProtocolViolation(TOO_LARGE, "Message has too many fragments.")

    def _finish(self) -> Message:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts, self._size = [], 0
        return Message(self._opcode, data)
