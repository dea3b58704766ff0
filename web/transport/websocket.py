"""Makes eventlet's WebSockets fit for pictures.

Eventlet takes the mask off each message byte by byte in Python: 11 ms for a frame of 30 KB, in the
event loop, more than all of Mien's own work on it. It also compresses whatever a browser offers to
compress, which gains nothing on a JPEG, gathers the fragments of a message without an end, and
lets nobody else work while one client's frames keep coming. docs/decisions.md has the measurements.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from socket import SHUT_WR
from typing import Any

import numpy as np

MAX_PARTS = 4096
BYTES_PER_PART = 256
"""A message may come in 4096 pieces, and one more for each 256 bytes; a read gives 1400 or more."""
TURN_PARTS, TURN_FRAMES = 64, 16
"""Others have their turn after so many of one client, also of frames that are no message."""


def tune_websockets() -> None:
    """Replaces the slow and the boundless parts of eventlet's server side."""
    import eventlet
    from eventlet import websocket

    class BoundedMessage(websocket.RFC6455WebSocket.Message):  # type: ignore[misc]
        size = 0

        def push(self, data: bytes, final: bool = False) -> None:
            super().push(data, final)
            self.size += len(data)
            parts = len(self.data)
            if self.size > self.max_frame_length or parts > MAX_PARTS + self.size / BYTES_PER_PART:
                raise websocket.FailedConnectionError(1009, "The message is too large.")
            if parts % TURN_PARTS == 0:
                eventlet.sleep(0)

    receive = websocket.RFC6455WebSocket._recv_frame

    def receive_in_turn(self: Any, message: Any = None) -> Any:
        self.frames = getattr(self, "frames", 0) + 1
        if self.frames % TURN_FRAMES == 0:
            eventlet.sleep(0)
        return receive(self, message)

    websocket.RFC6455WebSocket._recv_frame = receive_in_turn
    websocket.RFC6455WebSocket.Message = BoundedMessage
    websocket.RFC6455WebSocket._apply_mask = staticmethod(apply_mask)
    websocket.RFC6455WebSocket.close = _close_quietly
    websocket.WebSocketWSGI._negotiate_permessage_deflate = _decline_compression


def apply_mask(
    data: bytes, mask: Sequence[int], length: int | None = None, offset: int = 0
) -> bytes:
    """Takes a mask on or off, as RFC 6455, section 5.3, has it.

    Args:
        data: A part of a message.
        mask: Four bytes.
        length: Bytes of `data` that count, all by default.
        offset: Place of `data` in its message.
    """
    count = len(data) if length is None else length
    start = offset % 4
    pattern = (bytes(mask) * (count // 4 + 2))[start : start + count]
    return (np.frombuffer(data, np.uint8, count) ^ np.frombuffer(pattern, np.uint8)).tobytes()


def _close_quietly(self: Any, close_data: Any = None) -> None:
    """Closes without a word, past the log, about a client that hung up first."""
    with suppress(OSError):
        self._send_closing_frame(close_data=close_data, ignore_send_errors=True)
        self.socket.shutdown(SHUT_WR)
    self.socket.close()


def _decline_compression(_self: Any, _extensions: Any) -> None:
    return None
