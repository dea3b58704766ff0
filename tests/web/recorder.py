"""A real Socket.IO client that records everything it receives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import socketio

TIMEOUT_SECONDS = 30.0


class Recorder:
    """One client; `events` holds `(name, payload)` in the order of arrival."""

    def __init__(self, **options: Any) -> None:
        self.events: list[tuple[str, Any]] = []
        self.acks: list[Any] = []
        self._news = threading.Condition()
        self.socket = socketio.Client(reconnection=False, **options)
        self.socket.on("*", self._write)  # Whatever its name: a stray event is to be seen.
        self.socket.on("disconnect", partial(self._write, "disconnect"))

    def send(self, event: str, *payload: Any) -> None:
        """Emits an event and files its acknowledgement under `acks`."""
        self.socket.emit(event, payload, callback=self._on_ack)

    def call(self, event: str, *payload: Any) -> Any:
        """Emits an event and waits for its acknowledgement."""
        return self.socket.call(event, payload, timeout=TIMEOUT_SECONDS)

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Waits until the condition is true, checks it at each arrival, and returns its value."""
        with self._news:
            result = self._news.wait_for(condition, TIMEOUT_SECONDS)
        assert result, f"this did not come: {self.events[-5:]}"
        return result

    def wait_for(self, event: str, **wanted: Any) -> Any:
        """Waits for an event whose payload has these values; returns the payload."""
        return self.wait(lambda: next(iter(self.find(event, **wanted)), None))

    def find(self, event: str, **wanted: Any) -> list[Any]:
        """All payloads of an event that have these values."""
        return [
            payload or {"event": event}
            for name, payload in list(self.events)
            if name == event and all(payload[key] == value for key, value in wanted.items())
        ]

    def forget(self) -> None:
        """Clears the recorded events."""
        self.events.clear()

    def _write(self, event: str, *payload: Any) -> None:
        with self._news:
            self.events.append((event, payload[0] if payload else None))
            self._news.notify_all()

    def _on_ack(self, ack: Any = None) -> None:
        with self._news:
            self.acks.append(ack)
            self._news.notify_all()


@contextmanager
def connected(
    url: str, *, transport: str = "websocket", http_session: Any = None, **options: Any
) -> Iterator[Recorder]:
    """A client that is connected and has got its `session` event."""
    recorder = Recorder(http_session=http_session)
    recorder.socket.connect(url, transports=[transport], wait_timeout=TIMEOUT_SECONDS, **options)
    wire = recorder.socket.eio.ws
    try:
        recorder.wait_for("session")
        yield recorder
    finally:
        recorder.socket.disconnect()
        if wire is not None:
            wire.shutdown()  # The library leaves it open where the server hung up first.
