"""Serves a small application with small limits: `python -m tests.web.http_child MODE LIMITS`.

It prints its port, and the rest is as in the real app. LIMITS is a JSON object: attributes of
`ConnectionLimits`, deadlines of `http_protocol`, and the files for TLS.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any


def response(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    if environ["PATH_INFO"] == "/session":
        environ["mien.connection"].promote()
    body = environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") else b""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"read %d" % len(body)]


def page(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    environ["eventlet.minimum_write_chunk_size"] = 1
    return hold(environ, *response(environ, start_response))


def hold(environ: dict[str, Any], first: bytes) -> Iterator[bytes]:
    """Ends the responses to `/session` and `/held` only when the client has gone."""
    yield first
    while environ["PATH_INFO"] in {"/session", "/held"}:
        time.sleep(0.05)
        yield b"."


def main(mode: str, limits: dict[str, Any]) -> None:
    if mode == "eventlet":
        warnings.filterwarnings("ignore")
        import eventlet

        eventlet.monkey_patch()
    import socket
    from pathlib import Path

    from web.transport import http_protocol
    from web.transport.admission import Admission, ConnectionLimits
    from web.transport.health import answer_health
    from web.transport.tls import build_context
    from web.transport.wsgi_servers import SERVERS

    files = [Path(file) for file in limits.pop("tls", [])]
    tls = build_context(files[0], files[1]) if files else None
    for name in [name for name in limits if name.isupper()]:
        setattr(http_protocol, name, limits.pop(name))
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listener.getsockname()[1], flush=True)
    SERVERS[mode](answer_health(page), listener, tls, Admission(ConnectionLimits(**limits)))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
