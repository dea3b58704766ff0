"""Builds the Socket.IO server of an app, with every limit and patch of this folder."""

from __future__ import annotations

from functools import partial

from flask import Flask
from flask_socketio import SocketIO

from web.http.security import build_origin_check
from web.settings import Settings
from web.transport.buffers import BufferBudget
from web.transport.connection_reaper import (
    UNAUTHENTICATED_CONNECTIONS,
    UNAUTHENTICATED_SECONDS,
    close_unauthenticated,
    limit_unauthenticated,
)
from web.transport.engineio_limits import errors_only, limit_engineio
from web.transport.event_size import TEXT_BYTES
from web.transport.pings import send_pings
from web.transport.socketio_limits import (
    ATTACHMENTS_PER_FACE,
    ShortJson,
    guard_packets,
    limit_packets,
)
from web.transport.threaded_websocket import limit_websockets

OTHER_PACKETS = 16
"""Packets besides an event's images in one request of long polling; Engine.IO's own limit, too."""


def build_socketio(app: Flask, settings: Settings) -> SocketIO:
    """Builds the server. It runs no task until `background_tasks` are started."""
    limits = settings.limits
    # Twice the frame limit, so that a client learns that its frame is a little too large.
    max_bytes = 2 * limits.max_frame_bytes + TEXT_BYTES
    socketio = SocketIO(
        app,
        async_mode=settings.server.async_mode,
        cors_allowed_origins=build_origin_check(settings.access),
        max_http_buffer_size=max_bytes,
        json=ShortJson,
        serializer=limit_packets(limits.max_faces, max_bytes),
        logger=errors_only("socketio.server"),
        engineio_logger=errors_only("engineio.server"),
        http_compression=False,
        manage_session=False,
    )
    budget = BufferBudget(limits.max_buffer_bytes)
    limit_engineio(socketio, ATTACHMENTS_PER_FACE * limits.max_faces + OTHER_PACKETS, budget)
    _replace_websockets(socketio)
    guard_packets(socketio, budget)
    limit_unauthenticated(socketio, settings.sessions.max_sessions + UNAUTHENTICATED_CONNECTIONS)
    return socketio


def background_tasks(socketio: SocketIO, settings: Settings) -> list[partial[None]]:
    """Gives what starts each task that a server needs while it serves."""
    seconds = min(UNAUTHENTICATED_SECONDS, settings.sessions.session_idle_seconds)
    return [partial(send_pings, socketio), partial(close_unauthenticated, socketio, seconds)]


def _replace_websockets(socketio: SocketIO) -> None:
    if socketio.server.async_mode == "threading":
        limit_websockets(socketio)
        return
    from web.transport.websocket import tune_websockets  # Where threads serve, without eventlet.

    tune_websockets()
