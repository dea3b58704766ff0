"""Many Socket.IO clients in one thread that send frames by the clock, even without acks."""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress

from benchmarks.attack.endpoint import Deadline
from benchmarks.attack.wire import ANALYSED, CLOSE, Inbox, frame_event, packet

TICK_SECONDS = 0.004
"""Frames that are due within a tick are sent together, for fewer rounds of the loop."""
MAX_FRAMES_PER_SECOND = 30.0
"""Limit of one client by the service's default."""
_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Camera:
    """An open session, and its statistics.

    Args:
        wire: Its connection, after the `session` event.
        image: A frame as a WebSocket message.
        per_second: Frames per second by the clock; 0 to send the next one after each ack.
        phase: Seconds to the first frame.

    Attributes:
        offered: Number of frames that were due.
        analysed: Number of acks with boxes.
        ms: Milliseconds from sending each frame to its boxes.
        is_open: Whether the connection is open.
        due: Time of the next frame, in seconds on the monotonic clock.
        left: Bytes that the socket has not accepted yet.
    """

    def __init__(
        self, wire: socket.socket, image: bytes, per_second: float, phase: float = 0.0
    ) -> None:
        self.wire = wire
        self.offered = self.analysed = 0
        self.ms: list[float] = []
        self.is_open = True
        self._image = image
        self._waits = per_second == 0
        self._period = 1 / (per_second or MAX_FRAMES_PER_SECOND)
        self.due = time.monotonic() + phase
        self._inbox = Inbox()
        self._sent: dict[int, float] = {}
        self.left = memoryview(b"")
        wire.setblocking(False)

    def tick(self, now: float) -> None:
        """Sends a frame if one is due. A frame that does not fit into the socket is skipped."""
        if now >= self.due:
            self.due = max(self.due + self._period, now - self._period)
            if self.is_open and not (self._waits and self._sent):
                self._offer(now)
        self._flush()

    def take(self) -> None:
        """Reads the available messages."""
        try:
            while data := self.wire.recv(65536):
                self._read(data)
            self.is_open = False
        except _WAIT:
            return
        except OSError:
            self.is_open = False

    def _offer(self, now: float) -> None:
        self.offered += 1
        if not self.left:
            self._sent[self.offered] = now
            self.left = memoryview(frame_event(self.offered) + self._image)

    def _flush(self) -> None:
        try:
            while self.left:
                self.left = self.left[self.wire.send(self.left) :]
        except _WAIT:
            return
        except OSError:
            self.is_open, self.left = False, memoryview(b"")

    def _read(self, data: bytes) -> None:
        now = time.monotonic()
        for opcode, payload in self._inbox.feed(data):
            if opcode == CLOSE:
                self.is_open = False
            elif payload == b"2":
                self.left = memoryview(bytes(self.left) + packet(b"3"))
            elif payload.startswith(b"43"):
                self._acknowledge(payload, now)

    def _acknowledge(self, payload: bytes, now: float) -> None:
        sent = self._sent.pop(int(payload[2 : payload.index(b"[")]), now)
        if ANALYSED in payload:
            self.analysed += 1
            self.ms.append((now - sent) * 1e3)


def stream(cameras: Sequence[Camera], seconds: float) -> None:
    """Runs all cameras for a time, and closes their connections."""
    deadline = Deadline.after(seconds)
    with selectors.DefaultSelector() as selector:
        for camera in cameras:
            selector.register(camera.wire, selectors.EVENT_READ, camera)
        while not deadline.is_over:
            turn = Deadline.after(TICK_SECONDS)
            for key, _ in selector.select(TICK_SECONDS):
                _take(selector, key.data)
            now = time.monotonic()
            for camera in cameras:
                if now >= camera.due or camera.left:
                    camera.tick(now)
            turn.wait()
    for camera in cameras:
        with suppress(OSError):
            camera.wire.close()


def _take(selector: selectors.BaseSelector, camera: Camera) -> None:
    camera.take()
    if not camera.is_open:
        selector.unregister(camera.wire)
