"""Raw HTTP requests that no client library would send."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


def connect(port: int, timeout: float = 30) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def trust_all() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def read_all(wire: socket.socket) -> bytes:
    """Everything up to the end of the connection, which must come."""
    parts = []
    with suppress(ConnectionError):
        while part := wire.recv(65536):
            parts.append(part)
    return b"".join(parts)


def exchange(port: int, data: bytes) -> bytes:
    """Sends something, and reads until the server hangs up."""
    with connect(port) as wire:
        with suppress(OSError):
            wire.sendall(data)
        return read_all(wire)


def ask(port: int, head: bytes = GET, tls: ssl.SSLContext | None = None) -> bytes:
    """The response to one request on a separate connection."""
    with connect(port) as plain, ExitStack() as stack:
        wire = stack.enter_context(tls.wrap_socket(plain)) if tls else plain
        wire.sendall(head + b"Connection: close\r\n\r\n")
        return read_all(wire)


@contextmanager
def crowd(port: int, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """Holds connections that have sent something and wait."""
    with ExitStack() as stack:
        wires = [stack.enter_context(connect(port)) for _ in range(count)]
        for wire in wires:
            with suppress(OSError):  # It may already have made room for another one.
                wire.sendall(first)
        yield wires


def is_open(wire: socket.socket) -> bool:
    """Whether the server has left a connection open; an unread response counts as open."""
    wire.setblocking(False)
    try:
        return bool(wire.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
