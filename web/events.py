"""The Socket.IO events of protocol version 1; docs/reference/protocol.md is their reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError as Refused

from face_utils.errors import BadRequest, ServerFull, Unauthorized
from face_utils.frame import detect_faces, read_client_faces
from face_utils.pipeline import Look
from face_utils.results import FrameStamp, Wire
from face_utils.session import Session, acknowledge
from telemetry.logs import log_ids
from web.frame_turns import FrameTurns
from web.instrumentation import answer_frame, trace_look
from web.service import Service
from web.session_event import session_event
from web.token_guard import TokenGuard, TooManyGuesses
from web.transport.connection_state import make_last_refusal
from web.transport.engineio_limits import accept_pictures
from web.transport.promotion import promote
from web.validation import read_faces, read_frame, read_seq

GREETING_DELAY_SECONDS = 0.02

Read = Callable[[Service, Sequence[object]], tuple[FrameStamp, Look]]
"""Reads the arguments of an event: its frame's number, and how to see it."""


def add_events(socketio: SocketIO, service: Service) -> None:
    """Registers every event of the protocol.

    The handlers stand on the Socket.IO server itself: Flask's request context, which none of them
    needs, would cost half a millisecond for every frame.
    """
    server = socketio.server
    guard = TokenGuard(service.settings.access, server.sleep)
    handlers: dict[str, Callable[..., Any]] = {
        "connect": partial(_connect, service, server, guard),
        "disconnect": service.sessions.close,
        "frame": partial(_answer, service, _frame),
        "faces": partial(_answer, service, _faces),
        "configure": partial(_configure, service),
        "*": _unknown,
    }
    for event, handler in handlers.items():
        server.on(event, handler, namespace="/")


def _connect(
    service: Service,
    server: Any,
    guard: TokenGuard,
    sid: str,
    environ: Mapping[str, Any],
    auth: object = None,
) -> None:
    try:
        guard.check(auth, environ)
    except Unauthorized as refusal:
        if isinstance(refusal, TooManyGuesses):
            make_last_refusal(server, sid)
        problem = {"code": refusal.code, "message": refusal.message}
        raise Refused(refusal.message, problem) from refusal
    connection = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
    if connection is None:  # The client hung up meanwhile.
        raise Refused("The connection is closed.")
    session = _open_session(service, sid, environ)
    promote(environ)
    accept_pictures(connection, FrameTurns(session))

    def greet() -> None:
        # The library confirms the connection only after this handler, and that must come first.
        server.sleep(GREETING_DELAY_SECONDS)
        server.emit("session", session_event(service, sid, session.settings), to=sid)

    server.start_background_task(greet)


def _open_session(service: Service, sid: str, environ: Mapping[str, Any]) -> Session:
    try:
        return service.sessions.open(sid, environ.get("REMOTE_ADDR", ""))
    except ServerFull as full:
        problem = {"code": full.code, "message": full.message}
        retry = {"retry_after_seconds": full.retry_after_seconds}
        raise Refused(full.message, {**problem, **retry}) from full


def _answer(service: Service, read: Read, sid: str, *payload: object) -> Wire:
    """Answers an event that brings a frame, whole or in crops."""

    def analyse() -> Wire:
        session = service.sessions.get(sid)
        try:
            session.admit()
            stamp, look = read(service, payload)
        except Exception:
            session.abandon_turn()
            raise
        return session.analyse(stamp, trace_look(service.traces, look))

    return answer_frame(service.traces, sid, read_seq(payload), analyse)


def _frame(service: Service, payload: Sequence[object]) -> tuple[FrameStamp, Look]:
    stamp, data = read_frame(payload)
    detect, most = service.detector.detect, service.settings.limits.max_faces
    return stamp, partial(detect_faces, data, detect, service.image_limits, most)


def _faces(service: Service, payload: Sequence[object]) -> tuple[FrameStamp, Look]:
    stamp, given = read_faces(payload, service.settings.limits.max_faces)
    size = given.width, given.height
    return stamp, partial(read_client_faces, *size, given.faces, service.image_limits)


def _configure(service: Service, sid: str, *payload: object) -> Wire:
    def change() -> Wire:
        if len(payload) != 1:
            raise BadRequest("configure takes one object.")
        return {"status": "ok", **service.sessions.get(sid).configure(payload[0])}

    with log_ids(session_id=sid):
        return acknowledge({}, change)


def _unknown(event: str, _sid: str, *_payload: object) -> Wire:
    message = f"There is no event {event[:40]!r}."
    return {"status": "error", "code": BadRequest.code, "message": message}
