"""HTTP proxy that forwards pages and interferes with Socket.IO."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65536


class UpgradeProxy:
    """Forwards requests to an app from a port of its own.

    Args:
        target: The app's port.
        response: Sent for every upgrade; an empty one drops the upgrade.

    Attributes:
        url: Its address.
        upgrades: Number of WebSocket upgrades so far.
        is_full: Whether it sends the same response to long-polling requests.
    """

    def __init__(self, target: int, response: bytes = b"") -> None:
        self.upgrades = 0
        self.is_full = self._is_closed = False
        self._target, self._response = target, response
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Closes the proxy and every open connection."""
        self._is_closed = True  # For a connection that is just being accepted.
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
                self._forward(client, head)
                return
            if self._response:
                client.sendall(self._response)
                client.shutdown(socket.SHUT_WR)

    def _forward(self, client: socket.socket, head: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            self._open.append(server)
            server.sendall(re.sub(rb"(?i)\r\nconnection:[^\r]*", b"\r\nConnection: close", head))
            threading.Thread(target=_pump, args=(client, server), daemon=True).start()
            _pump(server, client)


def _read_head(client: socket.socket) -> bytes:
    """Reads up to the end of the headers, perhaps with the beginning of a body."""
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
def upgrade_proxy(target: int, response: bytes = b"") -> Iterator[UpgradeProxy]:
    """Runs an `UpgradeProxy`."""
    proxy = UpgradeProxy(target, response)
    try:
        yield proxy
    finally:
        proxy.close()
