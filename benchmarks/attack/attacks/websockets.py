"""Obsolete WebSocket versions, endless messages, floods and clients that do not read."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from itertools import cycle

from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.attacks.loops import hold, pour, repeat
from benchmarks.attack.endpoint import Deadline, Endpoint
from benchmarks.attack.wire import (
    BINARY,
    PING,
    PONG,
    Link,
    frame_event,
    header,
    packet,
)
from tests.support.moving_face import jpeg

MEGABYTE = 1_000_000
OLD_UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Origin: {url}\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
)
HIXIE_75 = OLD_UPGRADE + "\r\n"
HIXIE_76 = (
    OLD_UPGRADE + "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n"
    "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n^n:ds[4U"
)
UNFINISHED_BYTES = 4_250_000
UNFINISHED_COUNT = 100
SLOW_READERS = 40
SMALL_BUFFER = 4096


def old_upgrade(endpoint: Endpoint) -> Outcome:
    """Upgrades to a WebSocket older than RFC 6455 and sends an endless message, 20 MB in 12 s."""
    hellos = cycle((HIXIE_75, HIXIE_76))

    def attack(deadline: Deadline) -> None:
        with endpoint.dial() as wire:
            wire.sendall(next(hellos).format(port=endpoint.port, url=endpoint.url).encode())
            if b" 101 " not in wire.recv(4096):
                return
            wire.sendall(b"\x00")
            pour(wire, b"x" * 17_000, 20 * MEGABYTE / 12, deadline)

    return Outcome({"rounds": repeat(attack, Deadline.after(endpoint.seconds), 20)})


def unfinished(endpoint: Endpoint) -> Outcome:
    """Sends all but the last byte of 100 messages of 4.25 MB, without a token."""
    body = bytes(UNFINISHED_BYTES - 1)

    def opening(_: int) -> socket.socket:
        wire = Link(endpoint, endpoint.dial(2)).wire
        try:
            wire.sendall(header(UNFINISHED_BYTES, BINARY) + body)
        except OSError:
            wire.close()
            raise
        return wire

    deadline = Deadline.after(endpoint.seconds)
    return Outcome({"held": hold(opening, UNFINISHED_COUNT, deadline, per_second=40)})


def flood(message: bytes, endpoint: Endpoint) -> Outcome:
    """Sends small meaningless messages, 1.5 MB/s on one connection."""

    def attack(deadline: Deadline) -> None:
        with Link(endpoint) as link:
            pour(link.wire, message * 5000, 1.5 * MEGABYTE, deadline)

    return Outcome({"rounds": repeat(attack, Deadline.after(endpoint.seconds), 20)})


def slow_readers(endpoint: Endpoint) -> Outcome:
    """Sends small frames and requests for large files, and never reads a response."""
    image = packet(jpeg(0.0, 160, 120, 50), BINARY)
    events = b"".join(frame_event(seq) + image for seq in range(5))
    get = b"GET /static/vendor/face_detection_full_range.tflite HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    def opening(number: int) -> socket.socket:
        wire = endpoint.dial(2, receive_buffer=SMALL_BUFFER)
        if number % 2:
            return Link(endpoint, wire).join().wire
        wire.sendall(get * 20)
        return wire

    return Outcome({"held": _hold_unread(opening, Deadline.after(endpoint.seconds), events)})


def _hold_unread(opening: Callable[[int], socket.socket], deadline: Deadline, events: bytes) -> int:
    wires: list[tuple[int, socket.socket]] = []
    try:
        for number in range(SLOW_READERS):
            try:
                wires.append((number, opening(number)))
            except OSError:
                continue
        while not deadline.is_over:
            turn = Deadline.after(0.5)
            for number, wire in wires:
                wire.setblocking(False)
                if number % 2:
                    _offer(wire, events)
            turn.wait()
        return len(wires)
    finally:
        for _, wire in wires:
            wire.close()


def _offer(wire: socket.socket, data: bytes) -> None:
    """Sends as many bytes as fit. A truncated message only affects this attacker."""
    try:
        wire.send(data)
    except OSError:
        return


ATTACKS = (
    Attack(
        "old-websocket",
        "a Hixie-75/76 WebSocket with one endless message, 20 MB in 12 s",
        old_upgrade,
        slowness=3,
    ),
    Attack("unfinished-messages", "100 messages of 4.25 MB without an end", unfinished),
    Attack("ping-flood", "empty WebSocket pings, 1.5 MB/s", partial(flood, header(0, PING))),
    Attack("pong-flood", "empty WebSocket pongs, 1.5 MB/s", partial(flood, header(0, PONG))),
    Attack("packet-flood", "Engine.IO's pongs, 1.5 MB/s", partial(flood, packet(b"3"))),
    Attack("slow-readers", "40 clients that send and never read", slow_readers),
)
