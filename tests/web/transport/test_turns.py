"""A client that sends continuously does not take the turns of others."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event
from urllib.request import urlopen

import pytest

from tests.support.app_process import AppProcess

KEY = base64.b64encode(bytes(16)).decode()
HELLO = f"""\
GET /socket.io/?EIO=4&transport=websocket HTTP/1.1
Host: mien
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: {KEY}
Sec-WebSocket-Version: 13

""".replace("\n", "\r\n").encode()
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: mien\r\n\r\n"
NO_MASK = bytes(4)
FLOODS = {
    "frames that are no message": HELLO + b"\x8a\x80" + NO_MASK,
    "packets that are no message": HELLO + b"\x81\x81" + NO_MASK + b"3",
    "packets after a broken one": HELLO + b"\x81\x82" + NO_MASK + b"4x",
    "requests": REQUEST,
}
TIMES = 5000


@contextmanager
def flood(app: AppProcess, first: bytes, again: bytes) -> Iterator[None]:
    """Sends, and takes what comes, until the end or until the server hangs up."""
    over, begun = Event(), Event()

    def send() -> None:
        with suppress(OSError):
            wire.sendall(first)
            while not over.is_set():
                wire.sendall(again * TIMES)
                begun.set()
        begun.set()

    def take() -> None:
        with suppress(OSError):
            while wire.recv(65536):
                pass

    with (
        ThreadPoolExecutor(2) as pool,
        socket.create_connection(("127.0.0.1", app.port), timeout=60) as wire,
    ):
        pool.submit(send)
        pool.submit(take)
        begun.wait()
        try:
            yield
        finally:
            over.set()
            with suppress(OSError):  # The server may have hung up.
                wire.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("kind", FLOODS)
def test_others_get_responses_meanwhile(any_app: AppProcess, kind: str) -> None:
    whole = FLOODS[kind]
    again = whole.removeprefix(HELLO)
    with flood(any_app, whole.removesuffix(again), again):
        for _ in range(5):
            with urlopen(f"{any_app.url}/healthz", timeout=20) as response:
                assert response.status == 200
