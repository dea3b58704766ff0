"""Servers of an application on an open port, by the app's async mode.

Gunicorn, the third one, has settings of its own in `gunicorn.conf.py`.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from web.transport.admission import Admission
from web.transport.health import Application

Serve = Callable[[Application, socket.socket, ssl.SSLContext | None, Admission], None]
"""Serves an application forever: on an open port, with a TLS context, and with an admission that
decides which connections stay."""


def _serve_green(*arguments: object) -> None:
    from web.transport.green_server import serve_green

    serve_green(*arguments)  # type: ignore[arg-type]


def _serve_threads(*arguments: object) -> None:
    from web.transport.threaded_server import serve_threads

    serve_threads(*arguments)  # type: ignore[arg-type]


# The library of a server is imported only if that server is used.
SERVERS: dict[str, Serve] = {"eventlet": _serve_green, "threading": _serve_threads}
