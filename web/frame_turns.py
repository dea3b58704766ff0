"""Turns of one client's frames: the transport unpacks no frame that no worker takes.

A frame stays in the receive buffer, packed, until the fair queue has a worker for it. Frames that
newer ones overtake there are acknowledged as dropped, for a tenth of what it costs to unpack them.
"""

from __future__ import annotations

import json
import re
import time
from functools import partial
from typing import TYPE_CHECKING

from face_utils.results import Wire
from face_utils.session import Session, acknowledge
from web import metrics
from web.payloads import read_seq
from web.transport.long_events import TEXT_BYTES

if TYPE_CHECKING:  # The module imports eventlet, which does not serve in every mode.
    from web.transport.websocket import BoundedWebSocket

PAIR_SECONDS = 0.15
"""A frame that comes this soon after another does not overtake it: clients may send two at once."""

FRESH_SECONDS = 0.2
PUSHY_SECONDS = 10.0
"""A client whose frames overtook each other is expected to send more: for this long its frames let
others go first once they are older than `FRESH_SECONDS`."""

_HEAD = "451-"
"""A message of Engine.IO, in it an event of Socket.IO with one attachment."""

_FRAME = re.compile(_HEAD + r'\d{0,18}\["(?:frame|faces)",')


class FrameTurns:
    """Holds the frames of a session back until a worker is free.

    Args:
        session: The session.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pushy_until = 0.0

    def is_frame(self, text: str) -> bool:
        """Whether a message announces a frame with one picture."""
        return len(text) <= TEXT_BYTES and _FRAME.match(text) is not None

    def hold(self, text: str, inbox: BoundedWebSocket) -> str:
        """Waits for a frame's turn; see `web.transport.websocket.Turns`."""
        while not self._has_turn(inbox):
            self._drop(text, inbox)
            text = inbox.next_message().text()
        return text

    def _has_turn(self, inbox: BoundedWebSocket) -> bool:
        """Waits for the turn of a frame; False as soon as a newer one overtakes it."""
        is_pair, since = None, time.monotonic()
        while True:
            waited = time.monotonic() - since
            inbox.receive_available()
            if newer := inbox.newer_frames(_HEAD.encode()):
                is_pair = waited <= PAIR_SECONDS if is_pair is None else is_pair
                if self._is_overtaken(newer, is_pair):
                    return False
            if self._session.wait_for_turn(is_stale=self._is_pushy and waited > FRESH_SECONDS):
                return True

    @property
    def _is_pushy(self) -> bool:
        return time.monotonic() < self._pushy_until

    def _is_overtaken(self, newer: int, is_pair: bool) -> bool:
        if self._session.has_frame_in_work:
            return True
        if newer < 2 and is_pair and not self._is_pushy:
            return False
        self._pushy_until = time.monotonic() + PUSHY_SECONDS
        return True

    def _drop(self, text: str, inbox: BoundedWebSocket) -> None:
        inbox.next_message()  # Its picture.
        acknowledgement = self._acknowledge(text)
        metrics.count_frame(acknowledgement, 0.0)
        if number := text[len(_HEAD) :].partition("[")[0]:
            body = json.dumps([acknowledgement], separators=(",", ":"))
            inbox.send(f"43{number}{body}")

    def _acknowledge(self, text: str) -> Wire:
        try:
            seq = read_seq(json.loads(text[text.index("[") :])[1:])
        except ValueError:
            seq = None
        return acknowledge({"seq": seq}, partial(self._session.drop, seq))
