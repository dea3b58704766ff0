"""Socket.IO namespace of protocol version 1; docs/reference/protocol.md is its reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from socketio import Namespace
from socketio.exceptions import ConnectionRefusedError as Refused

from face_utils.errors import BadRequest, ServerFull, Unauthorized
from face_utils.results import Wire
from telemetry.logs import log_ids
from web.http.token_guard import TokenGuard, TooManyGuesses
from web.live.acks import acknowledge
from web.live.direct_frames import DirectFrames
from web.live.frame_events import FrameEvents, Payload
from web.live.frame_turns import FrameTurns
from web.live.live_session import LiveSession
from web.live.session_event import session_event
from web.protocol.acks import ConfigureError, ConnectError
from web.service import Service
from web.transport.connection_state import make_last_refusal
from web.transport.engineio_limits import accept_images
from web.transport.outgoing import send_event
from web.transport.promotion import promote

SESSION_EVENT_DELAY_SECONDS = 0.02


class LiveNamespace(Namespace):  # type: ignore[misc]
    """Handles every event of the protocol.

    It is a namespace of the Socket.IO server itself. With Flask-SocketIO's, a request context that
    no handler needs would cost half a millisecond per frame.

    Args:
        service: Everything that lives as long as the process.
        sleep: Waits some seconds while other clients are served.
    """

    def __init__(self, service: Service, sleep: Callable[[float], Any]) -> None:
        super().__init__("/")
        self._service = service
        self._guard = TokenGuard(service.settings.access, sleep)
        self._frames = FrameEvents(service.reader)

    def trigger_event(self, event: str, *args: Any) -> Any:
        """Calls the handler of an event; an unknown event gets an error as its ack."""
        if not hasattr(self, f"on_{event}"):
            return ConfigureError.of(BadRequest(f"Unknown event {event[:40]!r}.")).to_wire()
        return super().trigger_event(event, *args)

    def on_connect(self, sid: str, environ: Mapping[str, Any], auth: object = None) -> None:
        """Opens a session, and sends it the event `session` right after the connect."""
        self._authorize(sid, environ, auth)
        connection = self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(sid, "/"))
        if connection is None:  # The client has disconnected meanwhile.
            raise Refused("The connection is closed.")
        session = self._open(sid, environ)
        promote(environ)
        direct = DirectFrames(self._frames, sid, session, connection)
        accept_images(connection, FrameTurns(session, direct.take))
        self.server.start_background_task(self._send_session_event, sid, session)

    def on_disconnect(self, sid: str, reason: str) -> None:
        """Ends the session and deletes its data."""
        self._service.sessions.close(sid, reason)

    def on_frame(self, sid: str, *payload: object) -> Wire:
        """Analyzes an image."""
        return self._analyze("frame", sid, payload)

    def on_faces(self, sid: str, *payload: object) -> Wire:
        """Analyzes the crops of faces that the client found itself."""
        return self._analyze("faces", sid, payload)

    def on_configure(self, sid: str, *payload: object) -> Wire:
        """Changes the settings of the session."""

        def change() -> Wire:
            if len(payload) != 1:
                raise BadRequest("configure takes one object.")
            return self._service.sessions.get(sid).configure(payload[0])

        with log_ids(session_id=sid):
            return acknowledge(change)

    def _analyze(self, event: str, sid: str, payload: Payload) -> Wire:
        return self._frames.analyze(event, payload, sid, self._service.sessions.get)

    def _authorize(self, sid: str, environ: Mapping[str, Any], auth: object) -> None:
        try:
            self._guard.check(auth, environ)
        except Unauthorized as refusal:
            if isinstance(refusal, TooManyGuesses):
                make_last_refusal(self.server, sid)
            raise Refused(refusal.message, ConnectError.of(refusal).to_wire()) from refusal

    def _open(self, sid: str, environ: Mapping[str, Any]) -> LiveSession:
        try:
            return self._service.sessions.open(sid, environ.get("REMOTE_ADDR", ""))
        except ServerFull as full:
            raise Refused(full.message, ConnectError.of(full).to_wire()) from full

    def _send_session_event(self, sid: str, session: LiveSession) -> None:
        # The library confirms the connection after its handler; the confirmation must come first.
        self.server.sleep(SESSION_EVENT_DELAY_SECONDS)
        event = session_event(self._service, sid, session.session.settings)
        send_event(self.server, sid, "session", event)
