"""A thousand connections that send little or nothing (item 12)."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial

from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.attacks.loops import hold
from benchmarks.attack.endpoint import Deadline, Endpoint
from benchmarks.attack.wire import Link, packet

COUNT = 1000
HALF_HEADERS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HALF_HELLO = bytes.fromhex("1603010200010001fc0303")
"""Record and message headers of a TLS ClientHello of 512 bytes, without its content."""
OPEN_POLLING = (
    b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Connection: close\r\n\r\n"
)


def half_headers(endpoint: Endpoint) -> Outcome:
    """Sends a request's headers at one byte per second."""
    return _hold(
        endpoint, lambda _: _after(endpoint.dial(2), HALF_HEADERS), lambda wire: wire.sendall(b"x")
    )


def idle(endpoint: Endpoint) -> Outcome:
    """Connects and sends nothing, except the TLS handshake if there is one."""
    return _hold(endpoint, lambda _: endpoint.dial(2))


def half_handshakes(endpoint: Endpoint) -> Outcome:
    """Sends the start of a TLS handshake."""
    return _hold(endpoint, lambda _: _after(endpoint.dial(2, plain=True), HALF_HELLO))


def dripping_posts(endpoint: Endpoint) -> Outcome:
    """Opens one session and posts to it on all connections, at one byte per second."""
    head = (
        f"POST /socket.io/?EIO=4&transport=polling&sid={polling_sid(endpoint)} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n4"
    ).encode()
    return _hold(
        endpoint, lambda _: _after(endpoint.dial(2), head), lambda wire: wire.sendall(b"x")
    )


def idle_sessions(endpoint: Endpoint) -> Outcome:
    """Opens Socket.IO sessions and sends no frame."""
    return _hold(endpoint, partial(_session, endpoint), lambda wire: wire.sendall(packet(b"3")))


def polling_sid(endpoint: Endpoint) -> str:
    """Opens an Engine.IO session by long polling and returns its id; empty if refused."""
    with endpoint.dial() as wire:
        wire.sendall(OPEN_POLLING)
        response = b""
        while data := wire.recv(4096):
            response += data
    return response.partition(b'"sid":"')[2].partition(b'"')[0].decode()


def _hold(
    endpoint: Endpoint,
    opening: Callable[[int], socket.socket],
    keep: Callable[[socket.socket], object] | None = None,
) -> Outcome:
    held = hold(opening, COUNT, Deadline.after(endpoint.seconds), keep)
    return Outcome({"held": held})


def _after(wire: socket.socket, data: bytes) -> socket.socket:
    wire.sendall(data)
    return wire


def _session(endpoint: Endpoint, _: int) -> socket.socket:
    return Link(endpoint, endpoint.dial(2)).join().wire


ATTACKS = (
    Attack("half-headers", "1,000 connections that send a header byte per second", half_headers),
    Attack("idle-connections", "1,000 connections that send nothing", idle),
    Attack("half-handshakes", "1,000 half TLS handshakes", half_handshakes, tls=True),
    Attack("dripping-posts", "1,000 posts to one session, at a byte per second", dripping_posts),
    Attack("idle-sessions", "1,000 sessions that send no frame", idle_sessions),
)
