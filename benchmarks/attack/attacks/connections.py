"""A thousand connections that send little or nothing (item 12)."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial

from benchmarks.attack.aim import Aim, Deadline
from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.attacks.loops import hold
from benchmarks.attack.wire import Link, packet

COUNT = 1000
HALF_HEADERS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HALF_HELLO = bytes.fromhex("1603010200010001fc0303")
"""Record and message headers of a TLS ClientHello of 512 bytes, without its content."""
OPEN_POLLING = (
    b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Connection: close\r\n\r\n"
)


def half_headers(aim: Aim) -> Outcome:
    """Sends a request's headers at one byte per second."""
    return _hold(aim, lambda _: _after(aim.dial(2), HALF_HEADERS), lambda wire: wire.sendall(b"x"))


def idle(aim: Aim) -> Outcome:
    """Connects and sends nothing, except the TLS handshake if there is one."""
    return _hold(aim, lambda _: aim.dial(2))


def half_handshakes(aim: Aim) -> Outcome:
    """Sends the start of a TLS handshake."""
    return _hold(aim, lambda _: _after(aim.dial(2, plain=True), HALF_HELLO))


def dripping_posts(aim: Aim) -> Outcome:
    """Opens one session and posts to it on all connections, at one byte per second."""
    head = (
        f"POST /socket.io/?EIO=4&transport=polling&sid={polling_sid(aim)} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n4"
    ).encode()
    return _hold(aim, lambda _: _after(aim.dial(2), head), lambda wire: wire.sendall(b"x"))


def idle_sessions(aim: Aim) -> Outcome:
    """Opens Socket.IO sessions and sends no frame."""
    return _hold(aim, partial(_session, aim), lambda wire: wire.sendall(packet(b"3")))


def polling_sid(aim: Aim) -> str:
    """Opens an Engine.IO session by long polling and returns its id; empty if refused."""
    with aim.dial() as wire:
        wire.sendall(OPEN_POLLING)
        response = b""
        while data := wire.recv(4096):
            response += data
    return response.partition(b'"sid":"')[2].partition(b'"')[0].decode()


def _hold(
    aim: Aim,
    opening: Callable[[int], socket.socket],
    keep: Callable[[socket.socket], object] | None = None,
) -> Outcome:
    held = hold(opening, COUNT, Deadline.after(aim.seconds), keep)
    return Outcome({"held": held})


def _after(wire: socket.socket, data: bytes) -> socket.socket:
    wire.sendall(data)
    return wire


def _session(aim: Aim, _: int) -> socket.socket:
    return Link(aim, aim.dial(2)).join().wire


ATTACKS = (
    Attack("half-headers", "1,000 connections that send a header byte per second", half_headers),
    Attack("idle-connections", "1,000 connections that send nothing", idle),
    Attack("half-handshakes", "1,000 half TLS handshakes", half_handshakes, tls=True),
    Attack("dripping-posts", "1,000 posts to one session, at a byte per second", dripping_posts),
    Attack("idle-sessions", "1,000 sessions that send no frame", idle_sessions),
)
