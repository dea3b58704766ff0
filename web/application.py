"""Builds the web application from the settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask

from web.http.assets import ASSETS
from web.http.forwarded import BehindProxies
from web.http.host_check import HostCheck
from web.http.routes import add_routes
from web.http.security import SecurityHeaders
from web.live.namespace import LiveNamespace
from web.processes.place import Place
from web.server.runtime import Runtime, attach_runtime, replace_application
from web.service import build_service
from web.settings import Settings
from web.transport.connection_reaper import hang_up
from web.transport.health import answer_health
from web.transport.outgoing import send_event
from web.transport.promotion import promote_sessions
from web.transport.session_ids import number_sessions
from web.transport.socketio_server import background_tasks, build_socketio

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create_app(settings: Settings, place: Place | None = None) -> Flask:
    """Builds the Flask app with its Socket.IO events, and the service behind it.

    It starts no thread and no process: `web.server.runtime.runtime_of(app).start()` does.

    Args:
        settings: All settings.
        place: Place of this process among those of the service; None if it is the only one.

    Raises:
        ContractError: The model contract is wrong.
        FileNotFoundError: The detector's model file or the models' folder does not exist.
    """
    app = Flask("mien", root_path=str(ASSETS))
    socketio = build_socketio(app, settings)
    replace_application(app, promote_sessions(app.wsgi_app, socketio.server))
    server = socketio.server
    if place:
        number_sessions(server.eio, place.index)
    send, disconnect = partial(send_event, server), partial(_disconnect, server)
    service = build_service(settings, send, disconnect, place)
    add_routes(app, service)
    server.register_namespace(LiveNamespace(service, server.sleep))
    replace_application(app, _guard(app.wsgi_app, settings))
    attach_runtime(app, Runtime(service, background_tasks(socketio, settings)))
    return app


def _guard(application: WSGIApplication, settings: Settings) -> WSGIApplication:
    """Checks requests before anything reads them, Engine.IO included."""
    checked = SecurityHeaders(answer_health(HostCheck(application, settings.access)))
    return BehindProxies(checked, settings.access.trusted_proxies, settings.server.base_path)


def _disconnect(server: Any, sid: str) -> None:
    connection = server.manager.eio_sid_from_sid(sid, "/")
    server.disconnect(sid)
    if connection is not None:
        hang_up(server, connection)
