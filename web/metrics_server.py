"""Shows the metrics on a port of their own, so that no proxy shows them to the world."""

from __future__ import annotations

import socket
import time
from threading import Thread

from prometheus_client import make_wsgi_app

from web.connection_limits import admit_scrapers
from web.listener import CannotListen, bind
from web.metrics import REGISTRY
from web.settings import Settings
from web.transport.wsgi_servers import SERVERS

OLD_WORKER_SECONDS = 10.0
"""On a reload, gunicorn starts a worker while the old one still has the port."""

_PAUSE_SECONDS = 0.1


def serve_metrics(settings: Settings, wait_seconds: float = 0) -> None:
    """Serves `/metrics` from now on; does nothing where `metrics_port` is 0.

    Args:
        settings: Say where.
        wait_seconds: Time for another to give the address free.

    Raises:
        CannotListen: The address is taken or not ours to have.
    """
    if settings.observability.metrics_port == 0:
        return
    listener = _bind(settings, time.monotonic() + wait_seconds)
    # Not compressed: under eventlet that would hold up frames.
    page = make_wsgi_app(REGISTRY, disable_compression=True)
    arguments = (page, listener, None, admit_scrapers())
    serve = SERVERS[settings.server.async_mode]
    Thread(target=serve, args=arguments, name="metrics", daemon=True).start()


def _bind(settings: Settings, deadline: float) -> socket.socket:
    while True:
        try:
            port = settings.observability.metrics_port
            return bind(settings.metrics_bind_host, port, "MIEN_METRICS_")
        except CannotListen:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_PAUSE_SECONDS)
