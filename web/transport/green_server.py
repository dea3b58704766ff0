"""HTTP server in green threads, for `python app.py` and for gunicorn."""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import eventlet
from eventlet import wsgi

from web.transport import http_protocol as protocol
from web.transport.accepting import PatientListener
from web.transport.admission import Admission, Connection
from web.transport.health import Application
from web.transport.http_head import Refused
from web.transport.http_protocol import BoundedRequests, HandedOver, Visit
from web.transport.mailbox import Mailbox
from web.transport.outbox import MailboxFull
from web.transport.stages import Stage
from web.transport.switchboard import Switchboard

SILENCE_SECONDS = 60.0
"""Longest time in which a client reads nothing of a response. WebSockets have a shorter limit."""
ACCEPTS_PER_TURN = 8
LAST_LOOK_SECONDS = 0.05

log = logging.getLogger(__name__)


class GreenServer:
    """Serves an application on connections that others accept.

    Args:
        application: The next WSGI application.
        listener: The open port.
        admission: Decides which connections stay.
        tls: The TLS context, or None for plain HTTP.
        switchboard: Hands connections over to other processes; None if this is the only one.
    """

    def __init__(
        self,
        application: Application,
        listener: Any,
        admission: Admission,
        tls: ssl.SSLContext | None,
        switchboard: Switchboard | None = None,
    ) -> None:
        self._admission = admission
        self._tls = tls
        self._switchboard = switchboard
        self._wsgi = wsgi.Server(
            listener,
            listener.getsockname(),
            application,
            environ={"wsgi.url_scheme": "https", "HTTPS": "on"} if tls else {},
            keepalive=protocol.KEEP_ALIVE_SECONDS,
            log_output=False,
            debug=False,
            socket_timeout=SILENCE_SECONDS,
        )
        self._wsgi.log = _ErrorLog()
        admission.watch()

    def serve(self, client: Any, address: Any, early: bytes = b"") -> None:
        """Serves one connection until it ends. No error with it is raised.

        Args:
            client: The connection.
            address: Its address.
            early: What another process has already read from it, after the TLS handshake.
        """
        place = self._admission.admit(client, address)
        try:
            with suppress(OSError, EOFError):
                client.settimeout(SILENCE_SECONDS)
                place.sock = client if early else self._secure(client, place)
                seconds = protocol.PROBE_HEAD_SECONDS if place.is_probe else protocol.HEAD_SECONDS
                place.enter(Stage.HEAD, seconds)
                _Requests(address, place, self._wsgi, early, self._switchboard)
        except Exception:
            self._wsgi.log.info("")
        finally:
            place.leave()
            if not place.is_handed_over:
                place.hang_up()
            place.sock.close()

    def _secure(self, client: Any, place: Connection) -> Any:
        """Wraps a connection in TLS; the handshake runs in the client's own green thread."""
        if self._tls is None:
            return client
        place.enter(Stage.HANDSHAKE, protocol.HANDSHAKE_SECONDS)
        place.sock = self._tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        place.sock.do_handshake()
        return place.sock


def accept_all(listener: Any, serve: Callable[[Any, Any], object]) -> None:
    """Accepts connections and serves each in a green thread, until the listener is closed.

    Raises:
        OSError: The listener is closed.
    """
    patient = PatientListener(listener, eventlet.sleep)
    while True:
        for _ in range(ACCEPTS_PER_TURN):
            eventlet.spawn(serve, *patient.accept())
        eventlet.sleep(0)


def finish(admission: Admission) -> None:
    """Waits for the requests in progress; no new ones are accepted."""
    admission.drain()
    while len(admission):
        eventlet.sleep(LAST_LOOK_SECONDS)


class _Requests(BoundedRequests, wsgi.HttpProtocol):  # type: ignore[misc]
    """Answers requests with eventlet's WSGI."""

    def __init__(
        self,
        address: Any,
        place: Connection,
        server: wsgi.Server,
        early: bytes,
        switchboard: Switchboard | None,
    ) -> None:
        self.place, self.early, self._switchboard = place, early, switchboard
        super().__init__([address, place.sock, wsgi.STATE_IDLE], server)  # type: ignore[call-arg]

    def respond(self) -> None:
        """Calls the application, and sends what it returns."""
        self.connection.settimeout(SILENCE_SECONDS)
        self.environ = self.get_environ()
        self.environ["mien.connection"] = Visit(self.place)
        self.application = self._call
        self.handle_one_response()

    def hand_over(self, sid: str, head: bytes) -> None:
        """Hands the connection to the process of a session, if that is another one.

        Raises:
            HandedOver: The other process has the connection.
            Refused: The other process takes no connection at the moment.
        """
        owner = self._switchboard.owner_of(sid) if self._switchboard else None
        if not self._switchboard or owner is None or self.place.is_probe:
            return
        early = head + self.take_unread()
        try:
            self._switchboard.hand_over(owner, self.place, self.client_address, early)
        except MailboxFull as error:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from error
        raise HandedOver

    def finish(self) -> None:
        """Closes the connection, unless another process has it now."""
        if not self.place.is_handed_over:
            super().finish()
            return
        self.wire.close()
        self.wfile.close()

    def _call(self, environ: dict[str, Any], start_response: Any) -> Any:
        def start(*arguments: Any) -> Any:
            self.stop_reusing()  # While the response's headers can still say so.
            return start_response(*arguments)

        return self.server.app(environ, start)  # type: ignore[attr-defined]


class _ErrorLog(wsgi.LoggerNull):  # type: ignore[misc]
    """Log of eventlet's server: one line for an exception in the application."""

    def info(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Logs the type and the place of an exception, not its text, which may quote a request."""
        error = sys.exc_info()[1]
        if error is None or isinstance(error, OSError | EOFError):
            return
        frame = traceback.extract_tb(error.__traceback__)[-1]
        kind = type(error).__name__
        log.error("A request failed: %s in %s:%s", kind, frame.filename, frame.lineno)


def serve_mailbox(
    application: Application,
    mailbox: Mailbox,
    tls: ssl.SSLContext | None,
    admission: Admission,
    switchboard: Switchboard,
    changed: Callable[[int], None],
) -> None:
    """Serves an application on connections from other processes, forever.

    Args:
        application: The WSGI application.
        mailbox: Receives the connections.
        tls: The TLS context, or None for plain HTTP.
        admission: Decides which connections stay.
        switchboard: Hands connections over to other processes.
        changed: Called with -1 when a connection has ended or was handed over.
    """
    server = GreenServer(application, mailbox, admission, tls, switchboard)

    def serve(*accepted: Any) -> None:
        try:
            server.serve(*accepted)
        finally:
            changed(-1)

    accept_all(mailbox, serve)


def serve_green(
    application: Application,
    listener: socket.socket,
    tls: ssl.SSLContext | None,
    admission: Admission,
) -> None:
    """Serves an application on an open port, forever."""
    accept_all(listener, GreenServer(application, listener, admission, tls).serve)
