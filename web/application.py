"""Builds the web application from the settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask
from flask_socketio import SocketIO

from face_utils.results import Wire
from web.assets import ASSETS
from web.forwarded import BehindProxies
from web.host_check import HostCheck
from web.live_namespace import LiveNamespace
from web.routes import add_routes
from web.runtime import Runtime, attach_runtime, replace_page
from web.security import SecurityHeaders, build_origin_check
from web.service import build_service
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
"""Packets besides an event's images in one request of long polling; Engine.IO's own limit, too."""


def create_app(settings: Settings) -> Flask:
    """Builds the Flask app with its Socket.IO events, and the service behind it.

    It starts no thread and no process: `web.runtime.runtime_of(app).start()` does.

    Raises:
        ContractError: The model contract is wrong.
        FileNotFoundError: The detector's model file or the models' folder does not exist.
    """
    app = Flask("mien", root_path=str(ASSETS))
    socketio = _build_socketio(app, settings)
    service = build_service(settings, partial(_send, socketio), partial(_disconnect, socketio))
    add_routes(app, service)
    server = socketio.server
    server.register_namespace(LiveNamespace(service, server.sleep))
    replace_page(app, _guard(app.wsgi_app, settings))
    attach_runtime(app, Runtime(service, _background_tasks(socketio, settings)))
    return app


def _guard(page: WSGIApplication, settings: Settings) -> WSGIApplication:
    """Checks requests before anything reads them, Engine.IO included."""
    checked = SecurityHeaders(answer_health(HostCheck(page, settings.access)))
    return BehindProxies(checked, settings.access.trusted_proxies, settings.server.base_path)


def _build_socketio(app: Flask, settings: Settings) -> SocketIO:
    budget = BufferBudget(settings.limits.max_buffer_bytes)
    if settings.server.async_mode == "eventlet":
        from web.transport.websocket import tune_websockets

        tune_websockets(budget)
    # Twice the frame limit, so that a client learns that its frame is a little too large.
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
    limit_unauthenticated(socketio, settings.sessions.max_sessions + UNAUTHENTICATED_CONNECTIONS)
    replace_page(app, promote_sessions(app.wsgi_app, socketio.server))
    return socketio


def _background_tasks(socketio: SocketIO, settings: Settings) -> list[partial[None]]:
    seconds = min(UNAUTHENTICATED_SECONDS, settings.sessions.session_idle_seconds)
    return [partial(send_pings, socketio), partial(close_unauthenticated, socketio, seconds)]


def _send(socketio: SocketIO, sid: str, event: str, payload: Wire) -> None:
    socketio.server.emit(event, payload, to=sid)


def _disconnect(socketio: SocketIO, sid: str) -> None:
    server = socketio.server
    connection = server.manager.eio_sid_from_sid(sid, "/")
    server.disconnect(sid)
    if connection is not None:
        hang_up(server, connection)
