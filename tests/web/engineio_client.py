"""An Engine.IO client that sends packets unchanged, even invalid ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import requests
import websocket

from tests.support.app_process import AppProcess

PATH = "/socket.io/?EIO=4&transport=polling"
OPEN_SESSION = "40"
SEPARATOR = "\x1e"
TIMEOUT_SECONDS = 30


@contextmanager
def connected_wire(url: str) -> Iterator[websocket.WebSocket]:
    """A WebSocket at the address of an HTTP request."""
    address = url.replace("http", "ws", 1).replace("transport=polling", "transport=websocket")
    wire = websocket.create_connection(address, timeout=TIMEOUT_SECONDS)
    try:
        yield wire
    finally:
        wire.shutdown()  # Its `close` leaves the socket open where the server hung up first.


@contextmanager
def opened_wire(app: AppProcess) -> Iterator[websocket.WebSocket]:
    """A WebSocket on which the server has said its name; no session is open."""
    with connected_wire(app.url + PATH) as wire:
        assert wire.recv().startswith("0")
        yield wire


@contextmanager
def session_on_wire(app: AppProcess) -> Iterator[websocket.WebSocket]:
    """A WebSocket with an open session, whose first words are read."""
    with opened_wire(app) as wire:
        wire.send(OPEN_SESSION)
        assert wire.recv().startswith("40")
        assert wire.recv().startswith('42["session"')
        yield wire


def next_ack(wire: websocket.WebSocket, number: int) -> dict[str, object]:
    """The acknowledgement of an event; other packets are skipped."""
    start = f"43{number}"
    while not (text := wire.recv()).startswith(start):
        assert text, "the server closed the connection"
    [ack] = json.loads(text.removeprefix(start))
    return dict(ack)


def is_closed(wire: websocket.WebSocket) -> bool:
    """Reads until the server has closed the connection; False where it does not in time."""
    try:
        while wire.recv():
            pass
    except (websocket.WebSocketTimeoutException, TimeoutError):
        return False
    except (websocket.WebSocketException, OSError):
        pass
    return True


class Polling:
    """One connection by long polling.

    Attributes:
        url: Address of its requests.
    """

    def __init__(self, app: AppProcess) -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        self.url = app.url + PATH
        self.url += f"&sid={json.loads(self.get()[1:])['sid']}"

    def get(self) -> str:
        """What waits for the client, or an empty text where the connection is over."""
        response = self._http.get(self.url, timeout=TIMEOUT_SECONDS)
        return response.text if response.ok else ""

    def post(self, *packets: str) -> int:
        """Sends packets in one request and returns its HTTP status."""
        body = SEPARATOR.join(packets).encode("utf-8", "surrogatepass")
        with self._http.post(self.url, data=body, timeout=TIMEOUT_SECONDS) as response:
            return response.status_code

    def close(self) -> None:
        """Closes the TCP connection."""
        self._http.close()


def count_descriptors(app: AppProcess) -> int:
    """Open files of the app, with gunicorn's worker and without the model server."""
    family = [app.process, *app.process.children()]
    return sum(each.num_fds() for each in family if _is_app(each))


def _is_app(process: psutil.Process) -> bool:
    return "serving" not in process.cmdline()
