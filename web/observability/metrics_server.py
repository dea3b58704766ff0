"""Serves the metrics on a port of their own, so that no proxy shows them to the world."""

from __future__ import annotations

import socket
import time
from threading import Thread
from typing import TYPE_CHECKING

from prometheus_client import make_wsgi_app

from web.http.host_check import HostCheck
from web.http.security import SecurityHeaders
from web.observability.metrics import REGISTRY
from web.server.connection_limits import admit_scrapers
from web.server.listener import CannotListen, bind
from web.settings import Settings
from web.settings.access import AccessSettings
from web.transport.wsgi_servers import SERVERS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OLD_WORKER_SECONDS = 10.0
"""On a reload, gunicorn starts a worker while the old one still uses the port."""

_PAUSE_SECONDS = 0.1


def serve_metrics(settings: Settings, wait_seconds: float = 0) -> None:
    """Serves `/metrics` from now on, unless `metrics_port` is 0.

    Args:
        settings: All settings of the app.
        wait_seconds: Time for another process to release the port.

    Raises:
        CannotListen: The port is in use or not allowed.
    """
    if settings.observability.metrics_port == 0:
        return
    listener = _bind(settings, time.monotonic() + wait_seconds)
    arguments = (metrics_page(settings.access), listener, None, admit_scrapers())
    serve = SERVERS[settings.server.async_mode]
    Thread(target=serve, args=arguments, name="metrics", daemon=True).start()


def metrics_page(access: AccessSettings) -> WSGIApplication:
    """Builds the application, for the host names that the service has, too."""
    # Not compressed: under eventlet that would delay frames.
    application = make_wsgi_app(REGISTRY, disable_compression=True)
    return SecurityHeaders(HostCheck(application, access))


def _bind(settings: Settings, deadline: float) -> socket.socket:
    while True:
        try:
            port = settings.observability.metrics_port
            return bind(settings.metrics_bind_host, port, "MIEN_METRICS_")
        except CannotListen:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_PAUSE_SECONDS)
