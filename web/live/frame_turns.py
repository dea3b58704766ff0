"""Turns of one client's frames: the transport unpacks no frame that no worker takes.

A frame stays in the receive buffer, packed, until the fair queue has a worker for it. Frames that
newer ones overtake there are acknowledged as dropped, for a tenth of what it costs to unpack them.
"""

from __future__ import annotations

import json
import math
import re
import time
from functools import cached_property, partial
from typing import TYPE_CHECKING

from face_utils.results import Wire
from web.live.acks import acknowledge
from web.live.live_session import LiveSession
from web.live.validation import read_seq
from web.observability import metrics
from web.transport.event_size import TEXT_BYTES

if TYPE_CHECKING:  # The module imports eventlet, which does not serve in every mode.
    from web.transport.websocket import BoundedWebSocket

PAIR_SECONDS = 0.15
"""A frame that comes this soon after another does not overtake it: clients may send two at once."""

DEFERRED_SECONDS, PUSHY_DEFERRED_SECONDS = (0.12, 1.0), (0.12, math.inf)
"""From when to when a frame lets fresh ones of others go first, so that what is analysed is fresh.
A client that waits for each answer sends no newer frame, so its frames have their turn again."""

PUSHY_SECONDS = 10.0
"""A client whose frames overtook each other is expected to send more, for this long."""

FAST_FRAMES = 2
"""A client that sent more than as many frames between two looks has a fresh one at any time, so a
look at its turn is enough, and the looks in between may be few."""

_HEAD = "451-"
"""A message of Engine.IO, in it an event of Socket.IO with one attachment."""

_FRAME = re.compile(_HEAD + r'\d{0,18}\["(?:frame|faces)",')


class _Held:
    """The announcement of a frame that waits for its turn."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._since = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the frame was complete."""
        return time.monotonic() - self._since

    @cached_property
    def is_pair(self) -> bool:
        """Whether the next frame came together with it; asked when the next one is there."""
        return self.age <= PAIR_SECONDS


class FrameTurns:
    """Holds the frames of a session back until a worker is free.

    Args:
        session: The session.
    """

    def __init__(self, session: LiveSession) -> None:
        self._session = session
        self._pushy_until = 0.0

    def is_frame(self, text: str) -> bool:
        """Whether a message announces a frame with one picture."""
        return len(text) <= TEXT_BYTES and _FRAME.match(text) is not None

    def hold(self, text: str, inbox: BoundedWebSocket) -> str:
        """Waits for a frame's turn; see `web.transport.websocket.Turns`."""
        frame, is_its_turn = _Held(text), False
        while True:
            inbox.receive_available()
            dropped, frame = self._drop_overtaken(frame, inbox)
            if not self.is_frame(frame.text):
                self._session.place.abandon()
                return frame.text
            if is_its_turn:
                return frame.text
            sends_fast = dropped >= FAST_FRAMES
            is_its_turn = self._session.place.wait_for_turn(
                is_stale=self._is_stale(frame) and not sends_fast, looks_seldom=sends_fast
            )

    def _drop_overtaken(self, frame: _Held, inbox: BoundedWebSocket) -> tuple[int, _Held]:
        """Drops frames that newer ones overtook; gives their number, and the event that is next."""
        answers: list[str] = []
        dropped = 0
        while self.is_frame(frame.text) and self._is_overtaken(frame, inbox):
            inbox.skip_message()  # Its picture.
            answers += self._drop(frame.text)
            frame = _Held(inbox.next_message().text())
            dropped += 1
        if answers:
            inbox.send_all(answers)
        return dropped, frame

    @property
    def _is_pushy(self) -> bool:
        return time.monotonic() < self._pushy_until

    def _is_stale(self, frame: _Held) -> bool:
        start, end = PUSHY_DEFERRED_SECONDS if self._is_pushy else DEFERRED_SECONDS
        return start < frame.age < end

    def _is_overtaken(self, frame: _Held, inbox: BoundedWebSocket) -> bool:
        newer = inbox.newer_frames(_HEAD.encode())
        if not newer:
            return False
        if self._session.place.is_busy:
            return True
        if newer < 2 and frame.is_pair and not self._is_pushy:
            return False
        self._pushy_until = time.monotonic() + PUSHY_SECONDS
        return True

    def _drop(self, text: str) -> list[str]:
        """Counts a frame as dropped; gives the message that says so, where one is wanted."""
        acknowledgement = self._acknowledge(text)
        metrics.count_frame(acknowledgement, 0.0)
        number = text[len(_HEAD) :].partition("[")[0]
        body = json.dumps([acknowledgement], separators=(",", ":"))
        return [f"43{number}{body}"] if number else []

    def _acknowledge(self, text: str) -> Wire:
        try:
            seq = read_seq(json.loads(text[text.index("[") :])[1:])
        except (ValueError, RecursionError):
            seq = None
        return acknowledge(partial(self._session.drop, seq), seq=seq)
