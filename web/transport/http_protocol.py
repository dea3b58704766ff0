"""HTTP within limits, for all servers: it runs before eventlet's or werkzeug's own HTTP."""

from __future__ import annotations

import io
import logging
import re
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from web.observability.metrics import REQUESTS_REFUSED
from web.transport.admission import Connection
from web.transport.http_body import Body, PacedReader
from web.transport.http_head import SENTENCES, Refused, body_length, read_head
from web.transport.stages import Stage

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler as Handler
else:
    Handler = object  # Eventlet's handlers derive from a copy of it of their own.

HANDSHAKE_SECONDS = 5.0
HEAD_SECONDS = 10.0
PROBE_HEAD_SECONDS = 2.0
KEEP_ALIVE_SECONDS = 10.0
BODY_SECONDS, BODY_BYTES_PER_SECOND = 10.0, 16 * 1024
RETRY_SECONDS = 5
PROBE_PATHS = ("/healthz", "/readyz")
LINGER_READS, LINGER_BYTES, LINGER_SECONDS = 4, 16 * 1024, 0.25
"""Limits for reading the rest of a refused request, so that no reset destroys the response."""

log = logging.getLogger(__name__)

_SID = re.compile(r"(?:^|&)sid=([^&#]{1,64})")


class Visit:
    """A request's hold on its connection: `environ["mien.connection"]`.

    Attributes:
        connection: The connection.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._request = connection.request

    def promote(self) -> None:
        """Marks this request as part of a session: its connection is not closed for others.

        After the request, the connection is kept for the session. Once the request is over, this
        does nothing.
        """
        connection = self.connection
        if connection.request == self._request:
            deadline = connection.deadline
            connection.enter(Stage.SESSION)
            connection.deadline = deadline
            self.keep()

    def keep(self) -> None:
        """Keeps the connection for the session of this request, which may be just over."""
        if self.connection.request == self._request:
            self.connection.keep_since(self._request)

    def demote(self) -> None:
        """Undoes a promotion, because a later request of the session has replaced this one."""
        connection = self.connection
        if connection.request == self._request and connection.stage is Stage.SESSION:
            connection.enter(Stage.ANSWER)

    def release(self) -> None:
        """Keeps the connection no longer, unless a later request on it does."""
        connection = self.connection
        if connection.kept_since is not None and connection.kept_since <= self._request:
            connection.keep_since(None)


class HandedOver(Exception):
    """The connection's session lives in another process, which has the connection now."""


class BoundedRequests(Handler):
    """Reads heads and bodies within limits, for a class that answers requests.

    A refused request ends its connection, and nothing after it is read as a request.
    """

    rbufsize = 0
    early = b""
    """Bytes of the connection that another process has already read."""
    place: Connection
    body: Body
    wire: BinaryIO

    def setup(self) -> None:
        """Puts the paced reader between socket and parser."""
        super().setup()
        self._paced = PacedReader(self.rfile, self.early)
        self.wire = cast(BinaryIO, io.BufferedReader(self._paced))

    def handle(self) -> None:
        """Answers requests until the connection ends."""
        self.close_connection = False
        with suppress(OSError, EOFError):
            while not self.close_connection:
                self.handle_one_request()

    def handle_one_request(self) -> None:
        """Reads one request and answers or refuses it."""
        self.close_connection = True
        if not self._await_request():
            return
        try:
            self._read_request()
        except Refused as refusal:
            self._refuse(refusal)
            return
        except HandedOver:
            return
        time.sleep(0)  # Others get their turn before each request, however fast they arrive.
        try:
            self.respond()
        finally:
            self._end_request()

    def respond(self) -> None:
        """Answers the request that was read."""
        raise NotImplementedError

    def hand_over(self, sid: str, head: bytes) -> None:
        """Hands the connection to the process of a session, if that is another one.

        Args:
            sid: Engine.IO connection of the request, or empty.
            head: The request's head.

        Raises:
            HandedOver: The other process has the connection.
            Refused: The other process takes no connection at the moment.
        """

    def take_unread(self) -> bytes:
        """What has arrived and was not parsed. Nothing more is read from the connection."""
        self._paced.end()
        return self.wire.read()

    def finish(self) -> None:
        """Closes what `setup` opened."""
        self.rfile = self.wire  # type: ignore[assignment]
        try:
            super().finish()
        finally:
            # The library leaves it and its descriptor open if the client has not read the whole
            # response.
            self.wire.close()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuses what Python's parser rejects, with a text of `SENTENCES`."""
        raise Refused(code if code in SENTENCES else HTTPStatus.BAD_REQUEST)

    def log_message(self, *_: Any) -> None:
        """Writes nothing: the page's address may contain the access token."""

    def stop_reusing(self) -> None:
        """Ends the connection after this response if the body was not read."""
        if self.body.unread:
            self.close_connection = True

    def _await_request(self) -> bool:
        """Waits for the first byte of a request."""
        place = self.place
        if place.request:
            place.enter(Stage.IDLE, KEEP_ALIVE_SECONDS)
        self._paced.begin()
        if not self.wire.peek(1):  # type: ignore[attr-defined]
            return False
        if place.request:
            place.enter(Stage.HEAD, HEAD_SECONDS)
        place.request += 1
        return True

    def _read_request(self) -> None:
        self.raw_requestline, fields = read_head(self.wire)
        self.rfile = io.BytesIO(fields)
        self.parse_request()
        self._sid = find_sid(self.path.partition("?")[2])
        self.hand_over(self._sid, self.raw_requestline + fields)
        length = body_length(self.headers)
        self.body = Body(self.wire, length, self._end_body)
        self.rfile = self.body  # type: ignore[assignment]
        self._claim_place(length)

    def _claim_place(self, length: int) -> None:
        """Moves the connection to the stage of its request."""
        place = self.place
        if place.is_probe and not self.path.endswith(PROBE_PATHS):
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        if place.is_probe or place.admission.is_draining:
            self.close_connection = True
        if self._sid and not place.admission.begin_request(self._sid):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS)
        if length:
            place.enter(Stage.BODY, BODY_SECONDS + length / BODY_BYTES_PER_SECOND)
        elif self.headers.get("Upgrade", "").lower() == "websocket":
            place.enter(Stage.WEBSOCKET)
        else:
            place.enter(Stage.ANSWER)

    def _end_body(self) -> None:
        place = self.place
        place.deadline = float("inf")
        if place.stage is Stage.BODY:
            place.enter(Stage.ANSWER)

    def _end_request(self) -> None:
        self.place.request += 1
        if self._sid:
            self.place.admission.end_request(self._sid)
        self.stop_reusing()

    def _refuse(self, refusal: Refused) -> None:
        """Sends the reason, and closes the connection."""
        self.close_connection = True
        self.place.enter(Stage.CLOSING, LINGER_READS * LINGER_SECONDS)
        status = refusal.status
        REQUESTS_REFUSED.labels(str(status.value)).inc()
        log.warning("Refused a request from %s: %s", self.client_address[0], refusal)
        self.wfile.write(refusal_bytes(status))
        self.wfile.flush()
        self._linger()

    def _linger(self) -> None:
        self.connection.settimeout(LINGER_SECONDS)
        self.connection.shutdown(socket.SHUT_WR)
        for _ in range(LINGER_READS):
            if not self.connection.recv(LINGER_BYTES):
                break


def find_sid(query: str) -> str:
    """Finds the Engine.IO connection of a request in its query; empty if there is none."""
    return found[1] if (found := _SID.search(query)) else ""


def refusal_bytes(status: HTTPStatus) -> bytes:
    """A complete response with the reason of a refusal."""
    text = SENTENCES[status] + "\n"
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(text)}",
        "Connection: close",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    ]
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        lines.append(f"Retry-After: {RETRY_SECONDS}")
    return "\r\n".join([*lines, "", text]).encode()
