"""The Socket.IO events of protocol version 1; docs/protocol.md is their reference."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO

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
    """Registers every event of the protocol."""
    config, sessions = service.config, service.sessions

    @socketio.on("connect")
    def connect(auth: object = None) -> None:
        if not is_authorized(config, auth, dict(request.headers)):
            refusal = Unauthorized("The access token is missing or wrong.")
            raise ConnectionRefusedError(
                refusal.message, {"code": refusal.code, "message": refusal.message}
            )
        session = sessions.open(_sid())
        socketio.server.emit("session", _welcome(service, session.settings.to_wire()), to=_sid())

    @socketio.on("disconnect")
    def disconnect(reason: str = "") -> None:
        sessions.close(_sid(), reason or "disconnected")

    @socketio.on("frame")
    def frame(*payload: object) -> Wire:
        sid = _sid()

        def analyse() -> Wire:
            stamp, data = read_frame(payload)
            look = partial(
                see_frame, data, service.detector.detect, service.image_limits, config.max_faces
            )
            return sessions.get(sid).analyse(stamp, look)

        return acknowledge(read_seq(payload), analyse)

    @socketio.on("faces")
    def faces(*payload: object) -> Wire:
        sid = _sid()

        def analyse() -> Wire:
            stamp, given = read_faces(payload, config.max_faces)
            look = partial(see_faces, given.width, given.height, given.faces, service.image_limits)
            return sessions.get(sid).analyse(stamp, look)

        return acknowledge(read_seq(payload), analyse)

    @socketio.on("configure")
    def configure(*payload: object) -> Wire:
        try:
            if len(payload) != 1:
                raise BadRequest("configure takes one object.")
            return {"status": "ok", **sessions.get(_sid()).configure(payload[0])}
        except MienError as error:
            return {"status": "error", "code": error.code, "message": error.message}

    @socketio.on("*")
    def unknown(event: str, *_: object) -> Wire:
        message = f"There is no event {event[:40]!r}."
        return {"status": "error", "code": BadRequest.code, "message": message}


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _welcome(service: Service, settings: Wire) -> Wire:
    config = service.config
    chosen = settings.pop("models")
    return {
        "session_id": _sid(),
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
