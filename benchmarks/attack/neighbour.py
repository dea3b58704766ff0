"""A well-behaved client that sends ten frames per second and waits for each ack."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import socketio
from socketio.exceptions import SocketIOError

from benchmarks.attack.endpoint import Endpoint
from benchmarks.attack.samples import Sample
from tests.support.moving_face import film

FRAMES_PER_SECOND = 10
ACK_TIMEOUT_SECONDS = 15.0
PAUSE_SECONDS = 0.2
"""Pause before it reconnects."""


def run_neighbour(endpoint: Endpoint, results: Connection) -> None:
    """Sends frames until the process is ended; reconnects whenever the connection breaks.

    Args:
        endpoint: Where to connect.
        results: Receives a sample per frame. Its time is from sending the frame to its boxes.
    """
    images = film(FRAMES_PER_SECOND)
    while True:
        try:
            with _connected(endpoint) as client:
                _stream(client, images, results)
        except (SocketIOError, OSError):
            time.sleep(PAUSE_SECONDS)


@contextmanager
def _connected(endpoint: Endpoint) -> Iterator[socketio.Client]:
    with endpoint.dial() as wire:
        client = socketio.Client(
            reconnection=False,
            request_timeout=ACK_TIMEOUT_SECONDS,
            websocket_extra_options={"socket": wire},
        )
        auth = {"token": endpoint.token} if endpoint.token else None
        client.connect(endpoint.url, auth=auth, transports=["websocket"], wait_timeout=10)
        try:
            yield client
        finally:
            client.disconnect()


def _stream(client: socketio.Client, images: list[bytes], results: Connection) -> None:
    due = time.monotonic()
    for seq in range(10**9):
        # After a stall it continues at its rate and does not catch up.
        due = max(due + 1 / FRAMES_PER_SECOND, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
        sent = time.monotonic()
        ok = False
        try:
            ok = _has_box(client, seq, images[seq % len(images)])
        finally:
            results.send(Sample(sent, time.monotonic(), ok))


def _has_box(client: socketio.Client, seq: int, image: bytes) -> bool:
    ack = client.call("frame", ({"seq": seq}, image), timeout=ACK_TIMEOUT_SECONDS)
    return ack["status"] == "analysed" and len(ack["faces"]) == 1
