"""Fifty slow clients for a soak: they pause, disconnect and reconnect, and some hardly read."""

from __future__ import annotations

import dataclasses
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal

from benchmarks.attack.endpoint import Endpoint
from benchmarks.attack.wire import ANALYSED, BINARY, Expired, Link, packet
from tests.support.moving_face import film

CLIENTS, SLOW_READERS = 50, 4
SEED = 12
ACK_TIMEOUT_SECONDS = 30.0
PAUSE_SECONDS = (1.0, 3.0)
"""Between two frames: two seconds on average."""
LONG_PAUSE_SECONDS = (5.0, 25.0)
AWAY_SECONDS = (0.5, 8.0)
LONG_PAUSE_SHARE, HANG_UP_SHARE = 0.04, 0.03
UNREAD_SECONDS = 4.0
"""Time for which a slow reader leaves its acks in the socket."""
SMALL_BUFFER = 4096

Kind = Literal["analysed", "dropped", "error", "lost", "cut", "expired", "connected", "refused"]
"""`lost`: no ack arrived in 30 s on an open connection. `cut`: the service closed the connection
without `session_expired`. `refused`: a connection or session was not accepted."""


@dataclass(frozen=True)
class Event:
    """An observation of a client.

    Attributes:
        kind: Kind of the event.
        ms: Milliseconds from sending a frame to its ack.
        detail: Ack or message of an error.
    """

    kind: Kind
    ms: float = 0.0
    detail: str = ""


def run_crowd(endpoint: Endpoint, results: Connection) -> None:
    """Runs all clients, each in a thread with its own address, until the process is ended.

    Args:
        endpoint: Where to connect.
        results: Receives the events.
    """
    lock = threading.Lock()

    def report(event: Event) -> None:
        with lock:
            results.send(event)

    images = [packet(image, BINARY) for image in film(10)]
    threads = [
        threading.Thread(target=SlowClient(number, endpoint, images, report).run)
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class SlowClient:
    """One client.

    Args:
        number: Number from 0. It seeds the client's behaviour, and the first ones read slowly.
        endpoint: Where to connect.
        images: Images to send, as WebSocket messages.
        report: Receives its events.
    """

    def __init__(
        self, number: int, endpoint: Endpoint, images: list[bytes], report: Callable[[Event], None]
    ) -> None:
        self._random = random.Random(SEED * 1000 + number)
        self._aim = dataclasses.replace(endpoint, source=f"127.0.2.{number + 1}")
        self._reads_slowly = number < SLOW_READERS
        self._images = images
        self._report = report

    def run(self) -> None:
        """Connects again and again, until the process is ended."""
        while True:
            time.sleep(self._random.uniform(*AWAY_SECONDS))
            try:
                link = self._connect()
            except OSError as error:
                self._report(Event("refused", detail=str(error)))
                continue
            with link:
                self._visit(link)

    def _connect(self) -> Link:
        buffer = SMALL_BUFFER if self._reads_slowly else 0
        wire = self._aim.dial(ACK_TIMEOUT_SECONDS, receive_buffer=buffer)
        link = Link(self._aim, wire)
        try:
            link.join()
        except OSError:
            link.wire.close()
            raise
        self._report(Event("connected"))
        return link

    def _visit(self, link: Link) -> None:
        """Sends frames until the client disconnects or the service closes the connection."""
        try:
            for seq in range(10**9):
                self._send(link, seq)
                if self._random.random() < HANG_UP_SHARE:
                    self._disconnect(link)
                    return
                self._pause(link)
        except Expired:
            self._report(Event("expired"))
        except TimeoutError:
            self._report(Event("lost"))
        except OSError as error:
            self._report(Event("cut", detail=str(error)))

    def _send(self, link: Link, seq: int) -> None:
        sent = time.monotonic()
        link.wire.settimeout(ACK_TIMEOUT_SECONDS)
        link.send_frame(seq, self._random.choice(self._images))
        if self._reads_slowly:
            time.sleep(UNREAD_SECONDS)
            sent += UNREAD_SECONDS
        ack = link.await_ack(seq)
        self._report(_assess(ack, (time.monotonic() - sent) * 1e3))

    def _pause(self, link: Link) -> None:
        is_long = self._random.random() < LONG_PAUSE_SHARE
        link.idle(self._random.uniform(*(LONG_PAUSE_SECONDS if is_long else PAUSE_SECONDS)))

    def _disconnect(self, link: Link) -> None:
        """Sends a DISCONNECT in half of the cases; otherwise only the socket is closed."""
        with suppress(OSError):
            if self._random.random() < 0.5:
                link.wire.sendall(packet(b"41"))


def _assess(ack: bytes, ms: float) -> Event:
    if ANALYSED in ack:
        return Event("analysed", ms)
    if b'"dropped"' in ack:
        return Event("dropped", ms)
    return Event("error", ms, ack[:200].decode(errors="replace"))
