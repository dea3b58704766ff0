"""A proxy that passes pages on, and has its own way with Socket.IO."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65536


class UpgradeProxy:
    """Stands before an app on a port of its own.

    Args:
        target: The app's port.
        answer: What every upgrade is answered with; nothing swallows it.

    Attributes:
        url: Its address.
        upgrades: WebSocket upgrades that have come.
        is_full: Whether it answers requests of long polling in the same way.
    """

    def __init__(self, target: int, answer: bytes = b"") -> None:
        self.upgrades = 0
        self.is_full = self._is_closed = False
        self._target, self._answer = target, answer
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Ends it and every connection that is left."""
        self._is_closed = True  # For a connection that is accepted just now.
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                if self._is_closed:
                    client.close()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            head = _read_head(client)
            is_upgrade = b"upgrade: websocket" in head.lower()
            self.upgrades += is_upgrade
            if not is_upgrade and not (self.is_full and b"/socket.io/" in head):
                self._pass_on(client, head)
                return
            if self._answer:
                client.sendall(self._answer)
                client.shutdown(socket.SHUT_WR)

    def _pass_on(self, client: socket.socket, head: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            self._open.append(server)
            server.sendall(re.sub(rb"(?i)\r\nconnection:[^\r]*", b"\r\nConnection: close", head))
            threading.Thread(target=_pump, args=(client, server), daemon=True).start()
            _pump(server, client)


def _read_head(client: socket.socket) -> bytes:
    """What comes up to the end of the headers, and perhaps the beginning of a body."""
    data = b""
    while b"\r\n\r\n" not in data and (more := client.recv(CHUNK)):
        data += more
    return data


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def upgrade_proxy(target: int, answer: bytes = b"") -> Iterator[UpgradeProxy]:
    """Such a proxy, for as long as it is needed."""
    proxy = UpgradeProxy(target, answer)
    try:
        yield proxy
    finally:
        proxy.close()
