"""What serves an application on an open port, forever: eventlet's server or werkzeug's.

Gunicorn, the third, has settings of its own in `gunicorn.conf.py`.
"""

from __future__ import annotations

import errno
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

CONNECTION_TIMEOUT_SECONDS = 86_400
KEEP_ALIVE_SECONDS = 10
SILENCE_SECONDS = 60
"""Of a client in the middle of a request. WebSockets have a shorter limit of their own."""

Page = Callable[..., Any]
"""A WSGI application."""

Serve = Callable[[Page, socket.socket, tuple[Path, Path] | None], None]
"""Takes an application, an open port, and the files of certificate and key for TLS."""

_FULL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_FULL_PAUSE_SECONDS = 0.5


class PatientListener:
    """A listening socket of eventlet whose `accept` outlives what goes wrong with one connection.

    Eventlet's server ends when `accept` raises anything. But a client that connects and resets at
    once, as port scans do, makes the wrapping in TLS raise, and so does a process without room for
    one more file.

    Args:
        listener: The socket.
        sleep: Lets other green threads work for so many seconds.
    """

    def __init__(self, listener: Any, sleep: Callable[[float], Any]) -> None:
        self._listener = listener
        self._sleep = sleep

    def accept(self) -> tuple[Any, Any]:
        """Waits for the next connection that there is.

        Raises:
            OSError: The listener is closed.
        """
        while True:
            try:
                accepted: tuple[Any, Any] = self._listener.accept()
                return accepted
            except OSError as error:
                if self._listener.fileno() < 0:
                    raise
                if error.errno in _FULL:
                    log.warning("no connection can be accepted now: %s", error.strerror)
                    self._sleep(_FULL_PAUSE_SECONDS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)


def _serve_eventlet(app: Page, listener: socket.socket, tls: tuple[Path, Path] | None) -> None:
    import eventlet
    from eventlet import wsgi

    if tls:
        listener = eventlet.wrap_ssl(
            listener, certfile=str(tls[0]), keyfile=str(tls[1]), server_side=True
        )

    class Connection(wsgi.HttpProtocol):  # type: ignore[misc]
        def handle(self) -> None:
            # Browsers break off at a certificate they do not know; that is no error of ours.
            with suppress(ssl.SSLError):
                super().handle()

    wsgi.server(
        PatientListener(listener, eventlet.sleep),
        app,
        protocol=Connection,
        log_output=False,
        debug=False,
        keepalive=KEEP_ALIVE_SECONDS,
        socket_timeout=SILENCE_SECONDS,
    )


def _serve_threads(app: Page, listener: socket.socket, tls: tuple[Path, Path] | None) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        # With a time-out, waiting for data happens outside OpenSSL, which does not bear one thread
        # that waits in a read while another one writes.
        timeout = CONNECTION_TIMEOUT_SECONDS

        def log(self, *_: object) -> None:
            """Writes nothing: the page's address may hold the access token."""

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    host, port = listener.getsockname()[:2]
    server = make_server(
        host, port, app, True, request_handler=Handler, ssl_context=context, fd=listener.fileno()
    )
    if isinstance(server.socket, ssl.SSLSocket):
        # The handshake is for the client's own thread: whoever never ends it holds up no other.
        setattr(server.socket, "do_handshake_on_connect", False)  # noqa: B010
    server.serve_forever()


SERVERS: dict[str, Serve] = {"eventlet": _serve_eventlet, "threading": _serve_threads}
"""By the app's async mode."""
