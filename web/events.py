"""The Socket.IO events of protocol version 1; docs/protocol.md is their reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError as Refused

from face_utils.errors import BadRequest, MienError, Unauthorized
from face_utils.results import Wire
from face_utils.session import acknowledge
from face_utils.sight import see_faces, see_frame
from web.payloads import read_faces, read_frame, read_seq
from web.security import is_authorized
from web.service import Service, status_to_wire

PROTOCOL = 1
CROP_MARGIN = 0.3
CROP_SIZE = 160


def add_events(socketio: SocketIO, service: Service) -> None:
    """Registers every event of the protocol.

    The handlers stand on the Socket.IO server itself: Flask's request context, which none of them
    needs, would cost half a millisecond for every frame.
    """
    server = socketio.server
    handlers: dict[str, Callable[..., Any]] = {
        "connect": partial(_connect, service, server.emit),
        "disconnect": service.sessions.close,
        "frame": partial(_frame, service),
        "faces": partial(_faces, service),
        "configure": partial(_configure, service),
        "*": _unknown,
    }
    for event, handler in handlers.items():
        server.on(event, handler, namespace="/")


def _connect(
    service: Service,
    emit: Callable[..., None],
    sid: str,
    environ: Mapping[str, Any],
    auth: object = None,
) -> None:
    if not is_authorized(service.config, auth, environ.get("HTTP_AUTHORIZATION", "")):
        refusal = Unauthorized("The access token is missing or wrong.")
        raise Refused(refusal.message, {"code": refusal.code, "message": refusal.message})
    session = service.sessions.open(sid)
    emit("session", _welcome(service, sid, session.settings.to_wire()), to=sid)


def _frame(service: Service, sid: str, *payload: object) -> Wire:
    def analyse() -> Wire:
        stamp, data = read_frame(payload)
        detect, most = service.detector.detect, service.config.max_faces
        look = partial(see_frame, data, detect, service.image_limits, most)
        return service.sessions.get(sid).analyse(stamp, look)

    return acknowledge(read_seq(payload), analyse)


def _faces(service: Service, sid: str, *payload: object) -> Wire:
    def analyse() -> Wire:
        stamp, given = read_faces(payload, service.config.max_faces)
        look = partial(see_faces, given.width, given.height, given.faces, service.image_limits)
        return service.sessions.get(sid).analyse(stamp, look)

    return acknowledge(read_seq(payload), analyse)


def _configure(service: Service, sid: str, *payload: object) -> Wire:
    try:
        if len(payload) != 1:
            raise BadRequest("configure takes one object.")
        return {"status": "ok", **service.sessions.get(sid).configure(payload[0])}
    except MienError as error:
        return {"status": "error", "code": error.code, "message": error.message}


def _unknown(event: str, _sid: str, *_payload: object) -> Wire:
    message = f"There is no event {event[:40]!r}."
    return {"status": "error", "code": BadRequest.code, "message": message}


def _welcome(service: Service, sid: str, settings: Wire) -> Wire:
    config = service.config
    chosen = settings.pop("models")
    return {
        "session_id": sid,
        "protocol": PROTOCOL,
        "models": [_describe(service, name, chosen[name]) for name in service.models],
        "settings": settings,
        "limits": {
            "max_frame_bytes": config.max_frame_bytes,
            "max_pixels": config.max_pixels,
            "max_faces": config.max_faces,
            "max_frames_per_second": config.max_frames_per_second,
            "session_max_seconds": config.session_max_seconds,
            "session_idle_seconds": config.session_idle_seconds,
        },
        "crop": {"margin": CROP_MARGIN, "size": CROP_SIZE},
        "detector": service.detector.name,
    }


def _describe(service: Service, name: str, chosen: Wire) -> Wire:
    spec, state = service.models[name], service.client.states[name]
    detail: dict[str, Any] = (
        {"unit": spec.unit}
        if spec.kind == "measure"
        else {"labels": list(spec.labels), "unsure_below": spec.unsure_below}
    )
    status = status_to_wire(state)
    return {
        "name": name,
        "title": spec.title,
        "kind": spec.kind,
        "version": state.version,
        **detail,
        **chosen,
        "state": status["state"],
        "message": status["message"],
    }
