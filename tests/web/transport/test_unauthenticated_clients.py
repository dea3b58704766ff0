"""A connection without a session has little memory and blocks nobody."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.app_process import AppProcess, Mode, running_app
from tests.web.recorder import connected
from web.transport.framing import unmask

KEY = base64.b64encode(bytes(16)).decode()
MASK = b"\x01\x02\x03\x04"
MEBIBYTE = 1024 * 1024


def upgrade(app: AppProcess, *headers: str) -> socket.socket:
    """Asks for a WebSocket and reads nothing."""
    wire = socket.create_connection(("127.0.0.1", app.port), timeout=20)
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: 127.0.0.1:{app.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        *headers,
    ]
    wire.sendall("\r\n".join([*lines, "", ""]).encode())
    return wire


def read_head(wire: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and (more := wire.recv(1)):
        data += more
    return data


def read_to_end(wire: socket.socket) -> bytes:
    data = b""
    with suppress(ConnectionResetError):
        while more := wire.recv(65536):
            data += more
    return data


@pytest.mark.parametrize("mode", ["app", "gunicorn_app"])
@pytest.mark.parametrize(
    "headers",
    [
        ["Origin: http://127.0.0.1"],
        ["Origin: http://127.0.0.1", "Sec-WebSocket-Key1: 1 2", "Sec-WebSocket-Key2: 3 4"],
    ],
    ids=["hixie-75", "hixie-76"],
)
def test_a_websocket_of_before_the_rfc_is_refused(
    request: pytest.FixtureRequest, mode: str, headers: list[str]
) -> None:
    with upgrade(request.getfixturevalue(mode), *headers) as wire:
        head = read_head(wire)
    assert head.split(b" ")[1] in {b"400", b"426"}


@pytest.fixture(scope="module")
def gunicorn_app() -> Iterator[AppProcess]:
    with running_app("gunicorn") as process:
        yield process


def test_an_unauthenticated_client_may_not_send_a_large_message(app: AppProcess) -> None:
    with upgrade(app, f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13") as wire:
        read_head(wire)
        wire.sendall(b"\x82\xff" + (100_000).to_bytes(8) + MASK)
        assert read_to_end(wire)[-40:].endswith(b"Message exceeds 65536 bytes.")


def test_compression_is_declined(any_app: AppProcess) -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate"
    with upgrade(any_app, f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13", offer) as wire:
        head = read_head(wire)
    assert head.startswith(b"HTTP/1.1 101")
    assert b"deflate" not in head


@pytest.fixture(scope="module", params=["eventlet", "gunicorn"])
def small_app(request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    """An app with little memory for messages."""
    mode: Mode = request.param
    with running_app(mode, MIEN_MAX_BUFFER_BYTES=str(8 * MEBIBYTE)) as process:
        yield process


def test_unfinished_messages_of_many_clients_share_one_budget(
    small_app: AppProcess, frame: bytes
) -> None:
    size = 4 * MEBIBYTE
    part = b"\x02\xff" + size.to_bytes(8) + MASK + unmask(bytes(size - 1), MASK)
    with connected(small_app.url) as neighbour:
        neighbour.call("frame", {"seq": 0}, frame)
        before = small_app.process.memory_info().rss
        hoarders = [hoard(small_app, part) for _ in range(20)]
        ack = neighbour.call("frame", {"seq": 1}, frame)
        held = small_app.process.memory_info().rss - before
        for wire in hoarders:
            wire.close()
    assert ack["status"] == "analysed"
    assert held < 8 * size


def hoard(app: AppProcess, part: bytes) -> socket.socket:
    """Opens a session and sends most of a message."""
    wire = upgrade(app, f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13")
    read_head(wire)
    wire.sendall(b"\x81\x82" + MASK + unmask(b"40", MASK))
    while b"session_id" not in wire.recv(65536):
        pass
    with suppress(OSError):  # It may be the one to close.
        wire.sendall(part)
    return wire
