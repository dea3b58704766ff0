"""Builds the web application from a configuration."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask
from flask_socketio import SocketIO

from face_utils.results import Wire
from web.allocator import return_freed_memory
from web.assets import ASSETS
from web.events import add_events
from web.forwarded import BehindProxies
from web.host_check import HostCheck
from web.routes import add_routes
from web.security import SecurityHeaders, build_origin_check
from web.service import Service, build_service
from web.settings import Settings
from web.transport.buffers import BufferBudget
from web.transport.connection_reaper import (
    UNAUTHENTICATED_CONNECTIONS,
    UNAUTHENTICATED_SECONDS,
    close_unauthenticated,
    hang_up,
    limit_unauthenticated,
)
from web.transport.engineio_limits import bound_engine, errors_only
from web.transport.event_size import TEXT_BYTES
from web.transport.health import answer_health
from web.transport.pings import send_pings
from web.transport.promotion import promote_sessions
from web.transport.socketio_limits import (
    ATTACHMENTS_PER_FACE,
    ShortJson,
    guard_packets,
    limit_packets,
)
from web.transport.threaded_websocket import bound_websockets

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OTHER_PACKETS = 16
"""Beside the images of one event, in one request of long polling: Engine.IO's own bound."""


def build_app(settings: Settings) -> tuple[Flask, Service]:
    """Builds the Flask app with its Socket.IO events, and the service behind it.

    Raises:
        ContractError: The model contract is wrong.
        FileNotFoundError: The detector's model file is not there.
    """
    return_freed_memory()
    app = Flask("mien", root_path=str(ASSETS))
    socketio = _build_socketio(app, settings)
    service = build_service(settings, partial(_send, socketio), partial(_disconnect, socketio))
    add_routes(app, service)
    add_events(socketio, service)
    setattr(app, "wsgi_app", _guard(app.wsgi_app, settings))  # noqa: B010
    return app, service


def _guard(page: WSGIApplication, settings: Settings) -> WSGIApplication:
    """Puts around everything, Engine.IO included, what looks at requests before they are read."""
    checked = SecurityHeaders(answer_health(HostCheck(page, settings.access)))
    return BehindProxies(checked, settings.access.trusted_proxies, settings.server.base_path)


def _build_socketio(app: Flask, settings: Settings) -> SocketIO:
    budget = BufferBudget(settings.limits.max_buffer_bytes)
    if settings.server.async_mode == "eventlet":
        from web.transport.websocket import tune_websockets

        tune_websockets(budget)
    # Twice the frame limit, so that a frame somewhat too large is told so rather than cut off.
    max_bytes = 2 * settings.limits.max_frame_bytes + TEXT_BYTES
    socketio = SocketIO(
        app,
        async_mode=settings.server.async_mode,
        cors_allowed_origins=build_origin_check(settings.access),
        max_http_buffer_size=max_bytes,
        json=ShortJson,
        serializer=limit_packets(settings.limits.max_faces, max_bytes),
        logger=errors_only("socketio.server"),
        engineio_logger=errors_only("engineio.server"),
        http_compression=False,
        manage_session=False,
    )
    bound_engine(socketio, ATTACHMENTS_PER_FACE * settings.limits.max_faces + OTHER_PACKETS, budget)
    if settings.server.async_mode == "threading":
        bound_websockets(socketio)
    guard_packets(socketio, budget)
    setattr(app, "wsgi_app", promote_sessions(app.wsgi_app, socketio.server))  # noqa: B010
    send_pings(socketio)
    limit_unauthenticated(socketio, settings.sessions.max_sessions + UNAUTHENTICATED_CONNECTIONS)
    idle_seconds = settings.sessions.session_idle_seconds
    close_unauthenticated(socketio, min(UNAUTHENTICATED_SECONDS, idle_seconds))
    return socketio


def _send(socketio: SocketIO, sid: str, event: str, payload: Wire) -> None:
    socketio.server.emit(event, payload, to=sid)


def _disconnect(socketio: SocketIO, sid: str) -> None:
    server = socketio.server
    connection = server.manager.eio_sid_from_sid(sid, "/")
    server.disconnect(sid)
    if connection is not None:
        hang_up(server, connection)
