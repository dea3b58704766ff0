"""Socket.IO packets of a page, read from its WebSocket."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from playwright.sync_api import Page, WebSocket

# Engine.IO message (4), then the type of Socket.IO packet, number of attachments, id and payload.
PACKET = re.compile(r"4([2356])(?:(\d+)-)?(\d*)(\[.*)", re.DOTALL)
EVENT_TYPES = "25"

POLL_MS = 20
MAX_POLLS = 1500

Direction = Literal["sent", "received"]


class Packet(NamedTuple):
    """An event or, if `name` is None, an acknowledgement."""

    direction: Direction
    name: str | None
    payload: list[Any]
    ack_id: str
    attachments: int


class Wire:
    """Records every event and acknowledgement, in order."""

    def __init__(self, page: Page) -> None:
        self.packets: list[Packet] = []
        self._page = page
        page.on("websocket", self._listen)

    def events(self, *names: str, direction: Direction = "sent", since: int = 0) -> list[Packet]:
        """Events with these names, from index `since` of the packets on."""
        return [p for p in self.packets[since:] if p.direction == direction and p.name in names]

    def acks(self, event: str, since: int = 0) -> list[Any]:
        """Acks of the events with this name."""
        ids = {p.ack_id for p in self.events(event)}
        return [
            p.payload[0]
            for p in self.packets[since:]
            if p.direction == "received" and p.name is None and p.ack_id in ids
        ]

    def until(self, condition: Callable[[], Any]) -> Any:
        """Waits until the condition is true, and returns its value.

        Waiting for a browser event would miss one that comes just before the wait.
        """
        for _ in range(MAX_POLLS):
            if found := condition():
                return found
            self._page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"timed out; the last packets are {self.packets[-5:]}")

    def most_in_flight(self, event: str) -> int:
        """The largest number of events with this name that waited for an ack at the same time."""
        waiting: set[str] = set()
        largest = 0
        for packet in self.packets:
            if packet.direction == "sent" and packet.name == event:
                waiting.add(packet.ack_id)
            elif packet.direction == "received" and packet.name is None:
                waiting.discard(packet.ack_id)
            largest = max(largest, len(waiting))
        return largest

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda data: self._note("sent", data))
        socket.on("framereceived", lambda data: self._note("received", data))

    def _note(self, direction: Direction, data: str | bytes) -> None:
        match = PACKET.fullmatch(data) if isinstance(data, str) else None
        if not match:
            return
        kind, attachments, ack_id, text = match.groups()
        payload = json.loads(text)
        name = payload.pop(0) if kind in EVENT_TYPES else None
        self.packets.append(Packet(direction, name, payload, ack_id, int(attachments or 0)))
