"""Packets that break a parser close their sender's connection and leak no descriptor."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.support.app_process import AppProcess
from tests.web.engineio_client import (
    Polling,
    connected_wire,
    count_descriptors,
    is_closed,
    opened_wire,
    session_on_wire,
)

CONNECTIONS = 200
SPARE = 5
PATIENCE_SECONDS = 15.0
"""Far less than the 45 s after which Engine.IO gives up a silent connection."""

BROKEN = {
    "deep JSON": "4" + "[" * 1100,
    "a deep object": "4" + '{"a":' * 1100,
    "deep JSON in an event": '42["frame",' + "[" * 60_000,
    "a digit of no number": "42²[]",
    "half a character": '42["frame","\ud800"]',
    "a number of 60,000 digits": "42[" + "1" * 60_000 + "]",
    "no packet type": "x",
    "an unknown packet type": "49",
    "nothing": "4",
}


def _by_wire(app: AppProcess, packet: str) -> None:
    with opened_wire(app) as wire:
        wire.send(packet.encode("utf-8", "surrogatepass"), opcode=1)
        assert is_closed(wire)


def _by_polling(app: AppProcess, packet: str) -> None:
    with closing(Polling(app)) as client:
        assert client.post(packet) in {200, 400}
        assert not client.get() or not client.get()


def _by_upgrade(app: AppProcess, packet: str) -> None:
    with closing(Polling(app)) as client, connected_wire(client.url) as wire:
        wire.send(packet.encode("utf-8", "surrogatepass"), opcode=1)
        assert is_closed(wire)


WAYS: dict[str, Callable[[AppProcess, str], None]] = {
    "websocket": _by_wire,
    "polling": _by_polling,
    "upgrade": _by_upgrade,
}


@pytest.mark.parametrize("way", WAYS)
def test_descriptors_come_back(any_app: AppProcess, way: str) -> None:
    before = count_descriptors(any_app)
    for _ in range(CONNECTIONS):
        WAYS[way](any_app, BROKEN["deep JSON"])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while count_descriptors(any_app) > before + SPARE:
        assert time.monotonic() < deadline, f"{count_descriptors(any_app)} files, {before} before"
        time.sleep(0.1)


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("way", ["websocket", "polling"])
def test_the_connection_ends(any_app: AppProcess, way: str, name: str) -> None:
    WAYS[way](any_app, BROKEN[name])


@pytest.mark.parametrize("name", BROKEN)
def test_an_accepted_session_ends_too(any_app: AppProcess, name: str) -> None:
    with session_on_wire(any_app) as wire:
        wire.send(BROKEN[name].encode("utf-8", "surrogatepass"), opcode=1)
        assert is_closed(wire)
