"""Turns of one client's frames: the transport unpacks a frame only when a worker is available.

A frame stays packed in the receive buffer until the fair queue has a worker for it. Frames that are
overtaken by newer ones there are acknowledged as dropped, for a tenth of the cost of unpacking.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from web.live.acks import acknowledge_frame
from web.live.live_session import LiveSession
from web.live.validation import read_seq
from web.observability import metrics
from web.transport.frame_packets import HEAD, ack_packets, frame_arguments, is_frame

if TYPE_CHECKING:  # The module imports eventlet, which not every mode uses.
    from web.transport.websocket import BoundedWebSocket

PAIR_SECONDS = 0.15
"""A frame that follows this soon after another does not overtake it: clients may send two at
once."""

DEFERRED_SECONDS, FAST_SENDER_DEFERRED_SECONDS = (0.12, 1.0), (0.12, math.inf)
"""Age from when to when a frame lets fresh ones of other clients go first. The end is for clients
that wait for each ack and send no newer frame. A fast sender has a newer frame anyway."""

FAST_SENDER_SECONDS = 10.0
"""Time for which a client counts as a fast sender after its frames overtook each other."""

BACKLOG_FRAMES = 2
"""Dropped frames between two checks from which on a client always has a fresh frame. A check at its
turn is then enough, and the checks in between can be rare."""


class _WaitingFrame:
    """A frame that waits for its turn, by the text message that precedes its image."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._since = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the frame was complete."""
        return time.monotonic() - self._since

    @cached_property
    def is_pair(self) -> bool:
        """Whether the next frame arrived with it. First read when the next one has arrived."""
        return self.age <= PAIR_SECONDS


class FrameTurns:
    """Holds frames of a session back until a worker is available.

    Args:
        session: The session.
        take: Takes a frame whose turn it is, by its announcement; returns that if it is left to the
            library, otherwise None.
    """

    def __init__(
        self, session: LiveSession, take: Callable[[str, BoundedWebSocket], str | None]
    ) -> None:
        self._session = session
        self._take = take
        self._fast_sender_until = 0.0

    def is_frame(self, text: str) -> bool:
        """Whether a message announces a frame with one image."""
        return is_frame(text)

    def hold(self, text: str, inbox: BoundedWebSocket) -> str | None:
        """Waits for a frame's turn; see `web.transport.websocket.Turns`."""
        frame, is_its_turn = _WaitingFrame(text), False
        while True:
            inbox.receive_available()
            dropped, frame = self._drop_overtaken(frame, inbox)
            if not is_frame(frame.text):
                self._session.place.abandon()
                return frame.text
            if is_its_turn:
                return self._take(frame.text, inbox)
            has_backlog = dropped >= BACKLOG_FRAMES
            is_its_turn = self._session.place.wait_for_turn(
                is_stale=self._is_stale(frame) and not has_backlog, checks_rarely=has_backlog
            )

    def _drop_overtaken(
        self, frame: _WaitingFrame, inbox: BoundedWebSocket
    ) -> tuple[int, _WaitingFrame]:
        """Drops overtaken frames; returns their number, and the next event."""
        acks: list[str] = []
        dropped = 0
        while is_frame(frame.text) and self._is_overtaken(frame, inbox):
            inbox.skip_message()  # The image.
            acks += self._drop(frame.text)
            frame = _WaitingFrame(inbox.next_message().text())
            dropped += 1
        if acks:
            inbox.send_all(acks)
        return dropped, frame

    @property
    def _is_fast_sender(self) -> bool:
        return time.monotonic() < self._fast_sender_until

    def _is_stale(self, frame: _WaitingFrame) -> bool:
        start, end = FAST_SENDER_DEFERRED_SECONDS if self._is_fast_sender else DEFERRED_SECONDS
        return start < frame.age < end

    def _is_overtaken(self, frame: _WaitingFrame, inbox: BoundedWebSocket) -> bool:
        newer = inbox.newer_frames(HEAD.encode())
        if not newer:
            return False
        if self._session.place.is_busy:
            return True
        if newer < 2 and frame.is_pair and not self._is_fast_sender:
            return False
        self._fast_sender_until = time.monotonic() + FAST_SENDER_SECONDS
        return True

    def _drop(self, text: str) -> list[str]:
        """Counts a frame as dropped; returns the message with its ack, if the client wants one."""
        seq = read_seq(frame_arguments(text))
        ack = acknowledge_frame(partial(self._session.drop, seq), seq)
        metrics.count_frame(ack, 0.0)  # A span or a log id would double the cost of a drop.
        return ack_packets(text, ack)
