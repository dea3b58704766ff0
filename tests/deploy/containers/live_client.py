"""A webcam client that keeps sending frames, and reconnects if it loses its connection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

import requests
import socketio
from socketio.exceptions import SocketIOError

from tests.support.moving_face import jpeg

TIMEOUT_SECONDS = 180.0
CALL_TIMEOUT_SECONDS = 5
PAUSE_SECONDS = 0.2


class LiveClient:
    """One client, which keeps its cookies as a browser does.

    Args:
        url: The address of the proxy.
        certificate: PEM file of the certificate to trust.
        transport: `websocket` or `polling`, and no other.

    Attributes:
        sessions: Ids of its sessions, one after the other.
        told: Events with their payloads, and each acknowledgement as `ack`.
    """

    def __init__(self, url: str, certificate: Path, transport: str) -> None:
        self.sessions: list[str] = []
        self.told: list[tuple[str, Any]] = []
        self.transport = transport
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False  # The environment may name other certificates to trust.
        self._http.verify = str(certificate)
        self._frame = jpeg(0.0)
        self._news = Condition()
        self._stop = Event()
        self._thread = Thread(target=self._live, daemon=True)
        self._thread.start()

    @property
    def session(self) -> str:
        """Its session id. Waits for the first session."""
        return self.wait(lambda: self.sessions)[-1]

    def count(self, event: str, **wanted: Any) -> int:
        """Counts the received events with these values."""
        return len([it for it in self.payloads(event) if wanted.items() <= it.items()])

    def payloads(self, event: str) -> list[Any]:
        """Returns a snapshot of the payloads of an event, since more arrive all the time."""
        return [payload for name, payload in list(self.told) if name == event]

    def wait_for_another(self, event: str, **wanted: Any) -> None:
        """Waits until it receives another event with these values."""
        before = self.count(event, **wanted)
        self.wait(lambda: self.count(event, **wanted) > before)

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Waits until the condition is true, and returns its value."""
        with self._news:
            result = self._news.wait_for(condition, TIMEOUT_SECONDS)
        assert result, f"a client with {self.transport} was only told {self.told[-3:]}"
        return result

    def close(self) -> None:
        """Ends it."""
        self._stop.set()
        self._thread.join()
        self._http.close()

    def _live(self) -> None:
        while not self._stop.is_set():
            client = socketio.Client(reconnection=False, http_session=self._http)
            client.on("*", self._note)
            try:
                client.connect(self._url, transports=[self.transport], wait_timeout=10)
                self._send_frames(client)
            except SocketIOError:
                self._stop.wait(PAUSE_SECONDS)
            finally:
                _disconnect(client)

    def _send_frames(self, client: socketio.Client) -> None:
        seq = 0
        while not self._stop.wait(PAUSE_SECONDS):
            frame = ({"seq": seq}, self._frame)
            self._note("ack", client.call("frame", frame, timeout=CALL_TIMEOUT_SECONDS))
            seq += 1

    def _note(self, event: str, payload: Any = None) -> None:
        with self._news:
            if event == "session":
                self.sessions.append(payload["session_id"])
            self.told.append((event, payload))
            self._news.notify_all()


def _disconnect(client: socketio.Client) -> None:
    wire = client.eio.ws
    client.disconnect()
    if wire is not None:
        wire.shutdown()  # The library leaves it open where the server hung up first.
