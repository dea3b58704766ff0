"""HTTP server in real threads, for `MIEN_ASYNC_MODE=threading`."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from web.transport import http_protocol as protocol
from web.transport.accepting import PatientListener
from web.transport.admission import Admission, Connection
from web.transport.health import Application
from web.transport.http_protocol import BoundedRequests, Visit
from web.transport.stages import Stage

CONNECTION_TIMEOUT_SECONDS = 86_400
"""With a timeout, threads wait outside of OpenSSL, in which one thread must not wait in a read
while another one writes. `Admission` has the real deadlines."""
TURN_SECONDS = 0.0005


def serve_threads(
    application: Application,
    listener: socket.socket,
    tls: ssl.SSLContext | None,
    admission: Admission,
) -> None:
    """Serves an application on an open port, forever."""
    host, port = listener.getsockname()[:2]
    server = _Server(host, port, application, _Requests, ssl_context=tls, fd=listener.fileno())
    server.admission = admission
    if isinstance(server.socket, ssl.SSLSocket):
        # The client's own thread does the handshake, so that a slow one delays no other client.
        setattr(server.socket, "do_handshake_on_connect", False)  # noqa: B010
    server.socket = PatientListener(server.socket, time.sleep)  # type: ignore[assignment]
    admission.watch()
    server.serve_forever()


class _Server(ThreadedWSGIServer):
    """Admits connections in the order of their arrival; their threads may start in another."""

    admission: Admission

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.places: dict[Any, Connection] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Starts a thread for a connection."""
        # Earlier ones are read first, or a burst would close them unread to make room.
        time.sleep(TURN_SECONDS)
        place = self.places[request] = self.admission.admit(request, client_address)
        try:
            super().process_request(request, client_address)
        except BaseException:
            place.leave()
            self.places.pop(request, None)
            raise


class _Requests(BoundedRequests, WSGIRequestHandler):
    """Answers requests with werkzeug's WSGI, which closes after each."""

    timeout = CONNECTION_TIMEOUT_SECONDS
    server: _Server

    def setup(self) -> None:
        """Takes the place of the connection."""
        self.place = self.server.places.pop(self.request)
        self.request.settimeout(self.timeout)
        super().setup()

    def handle(self) -> None:
        """Answers requests until the connection ends."""
        with suppress(OSError):
            self._shake_hands()
            super().handle()

    def respond(self) -> None:
        """Calls the application, and sends what it returns."""
        if self.request_version == "HTTP/1.0":
            self.protocol_version = "HTTP/1.0"  # Or werkzeug would send chunks.
        self.connection.settimeout(self.timeout)
        with suppress(OSError):
            self.run_wsgi()
        self.close_connection = True

    def make_environ(self) -> dict[str, Any]:
        """Adds the connection to the request's environment."""
        return {**super().make_environ(), "mien.connection": Visit(self.place)}

    def send_response(self, code: int, message: str | None = None) -> None:
        """Sends the status line. No header names the server's software."""
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())

    def log(self, *_: object) -> None:
        """Writes nothing: the page's address may contain the access token."""

    def finish(self) -> None:
        """Releases the place."""
        self.place.leave()
        with suppress(OSError):
            super().finish()

    def _shake_hands(self) -> None:
        if isinstance(self.connection, ssl.SSLSocket):
            self.place.enter(Stage.HANDSHAKE, protocol.HANDSHAKE_SECONDS)
            self.connection.do_handshake()
        is_probe = self.place.is_probe
        seconds = protocol.PROBE_HEAD_SECONDS if is_probe else protocol.HEAD_SECONDS
        self.place.enter(Stage.HEAD, seconds)
