"""Frames that wait for their turn, and frames that overtake them, without a socket."""

from __future__ import annotations

from typing import Any, cast
from unittest.mock import Mock

import pytest

from web.live.frame_turns import FrameTurns
from web.transport.message_reader import TEXT, Message


def announce(seq: int) -> str:
    return f'451-{seq}["frame",{{"seq":{seq}}},{{"_placeholder":true,"num":0}}]'


class Inbox:
    """An inbox that has received some events with one image each."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.sent: list[str] = []

    def receive_available(self) -> None:
        pass

    def newer_frames(self, _head: bytes) -> int:
        return min(2, len(self.texts))

    def skip_message(self) -> None:
        pass

    def next_message(self) -> Message:
        return Message(TEXT, self.texts.pop(0).encode())

    def send_all(self, texts: list[str]) -> None:
        self.sent += texts


def hold(*texts: str) -> tuple[str, list[str]]:
    """Returns the event that gets a turn while a worker has a frame, and the acks sent."""
    session = Mock(has_frame_in_work=True)
    session.drop = lambda seq: {"seq": seq, "status": "dropped"}
    inbox = Inbox(*texts[1:])
    event = FrameTurns(session, lambda text, _: text).hold(texts[0], cast(Any, inbox))
    assert event is not None
    return event, inbox.sent


def test_the_newest_frame_has_its_turn() -> None:
    newest, sent = hold(*map(announce, range(3)))
    assert newest == announce(2)
    assert sent == [f'43{seq}[{{"seq":{seq},"status":"dropped"}}]' for seq in range(2)]


@pytest.mark.parametrize(
    "event",
    [
        '451-9["wave",{"_placeholder":true,"num":0}]',
        '451-9["frame",{"seq":9},"' + "x" * 70_000 + '"]',
    ],
    ids=["another event", "too long"],
)
def test_an_event_that_is_no_frame_is_never_dropped(event: str) -> None:
    assert hold(announce(0), event, announce(1))[0] == event


def test_a_frame_that_cannot_be_parsed_is_dropped_without_its_number() -> None:
    newest, sent = hold('451-0["frame",' + "[" * 60_000, announce(1))
    assert newest == announce(1)
    assert sent == ['430[{"seq":null,"status":"dropped"}]']
