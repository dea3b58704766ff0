"""The HAProxy of compose.yaml without containers: the same file, with other ports and one app."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.attack.haproxy import SHIPPED, local_configuration
from tests.support.proxies import quiet_port, running_haproxy
from web.http.certificate import make_certificate


@contextmanager
def shipped_haproxy(
    app_port: int, folder: Path, changes: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Runs it before an app; yields its port for TLS.

    Args:
        app_port: Port of the app.
        folder: For its files.
        changes: Parts of the configuration -> what stands there instead.
    """
    port = quiet_port()
    pem = folder / "proxy.pem"
    pem.write_bytes(b"".join(file.read_bytes() for file in make_certificate(folder)))
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    text = local_configuration(text, port, quiet_port(), app_port, pem)
    with running_haproxy(text, port, folder):
        yield port


def connect(port: int, source: str, *, tls: bool = True) -> socket.socket:
    """Connects to the proxy from an address of this machine, with or without TLS."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(source, 0))
    if not tls:
        return raw
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(raw)


def ask(port: int, source: str, *lines: str, body: bytes = b"") -> str:
    """Response to a request, up to the end of the connection."""
    with connect(port, source) as connection:
        head = "\r\n".join([*lines, "Host: localhost", "Connection: close", "", ""])
        connection.sendall(head.encode() + body)
        with connection.makefile("rb") as stream:
            return stream.read().decode(errors="replace")


def is_turned_away(port: int, source: str) -> bool:
    """Whether the proxy closes a connection before TLS."""
    try:
        with connect(port, source, tls=False) as connection:
            return connection.recv(1) == b""
    except ConnectionResetError:
        return True
