"""What a page and the server say to each other, read from the page's WebSocket."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from playwright.sync_api import Page, WebSocket

# Engine.IO message (4), Socket.IO event or ack, perhaps binary, its id, its payload.
PACKET = re.compile(r"4([2356])(?:(\d+)-)?(\d*)(\[.*)", re.DOTALL)
EVENT_TYPES = "25"

LOOK_EVERY_MS = 20
MOST_LOOKS = 1500

Way = Literal["sent", "received"]


class Packet(NamedTuple):
    """An event or, where `name` is None, an acknowledgement."""

    way: Way
    name: str | None
    payload: list[Any]
    ack_id: str
    attachments: int


class Wire:
    """Writes down every event and acknowledgement, in order."""

    def __init__(self, page: Page) -> None:
        self.packets: list[Packet] = []
        self._page = page
        page.on("websocket", self._listen)

    def events(self, *names: str, way: Way = "sent", since: int = 0) -> list[Packet]:
        """Events of these names, from a place in the list of packets on."""
        return [p for p in self.packets[since:] if p.way == way and p.name in names]

    def acks(self, event: str, since: int = 0) -> list[Any]:
        """What the server answered to events of a name."""
        asked = {p.ack_id for p in self.events(event)}
        return [
            p.payload[0]
            for p in self.packets[since:]
            if p.way == "received" and p.name is None and p.ack_id in asked
        ]

    def until(self, condition: Callable[[], Any]) -> Any:
        """Waits until the condition gives something true; returns it.

        Waiting for the next frame instead would miss the one that comes just before the wait.
        """
        for _ in range(MOST_LOOKS):
            if found := condition():
                return found
            self._page.wait_for_timeout(LOOK_EVERY_MS)
        raise AssertionError(f"this did not come; the last were {self.packets[-5:]}")

    def most_in_flight(self, event: str) -> int:
        """How many events of a name were unanswered at the same time, at most."""
        waiting: set[str] = set()
        most = 0
        for packet in self.packets:
            if packet.way == "sent" and packet.name == event:
                waiting.add(packet.ack_id)
            elif packet.way == "received" and packet.name is None:
                waiting.discard(packet.ack_id)
            most = max(most, len(waiting))
        return most

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda data: self._note("sent", data))
        socket.on("framereceived", lambda data: self._note("received", data))

    def _note(self, way: Way, data: str | bytes) -> None:
        match = PACKET.fullmatch(data) if isinstance(data, str) else None
        if not match:
            return
        kind, attachments, ack_id, text = match.groups()
        payload = json.loads(text)
        name = payload.pop(0) if kind in EVENT_TYPES else None
        self.packets.append(Packet(way, name, payload, ack_id, int(attachments or 0)))
