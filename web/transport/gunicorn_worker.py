"""Gunicorn's eventlet worker with the app's own HTTP in place of gunicorn's.

Gunicorn forks, binds, reloads and stops as before. Its parser, its access log and its limits per
request (`max_requests`, `keepalive`, `limit_request_*`, `worker_connections`) are not used.

`adopt_worker` patches `geventlet._eventlet_serve` and the worker's `handle`. Doing so twice is
harmless.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import eventlet
from gunicorn.workers import geventlet  # type: ignore[import-untyped]

from web.transport.admission import Admission
from web.transport.green_server import GreenServer, accept_all, finish
from web.transport.tls import CIPHERS, harden


def adopt_worker(worker: Any, admission: Admission) -> None:
    """Lets a worker serve its application with the app's own HTTP server.

    Args:
        worker: Gunicorn's worker, which has loaded its application and does not run yet.
        admission: Decides which connections stay.
    """
    tls = _context(worker.cfg) if worker.cfg.is_ssl else None
    server = GreenServer(worker.wsgi, worker.sockets[0], admission, tls)

    def handle(_listener: Any, client: Any, address: Any) -> None:
        server.serve(client, address)

    worker.handle = handle
    # The original closes its port at the first connection that raises, for good without files.
    geventlet._eventlet_serve = partial(_serve, admission)


def _context(settings: Any) -> Any:
    from gunicorn.sock import ssl_context  # type: ignore[import-untyped]

    return harden(ssl_context(settings), settings.ciphers or CIPHERS)


def _serve(admission: Admission, listener: Any, handle: Any, _concurrency: int) -> None:
    """Accepts until the worker is told to stop, then finishes the requests in progress."""
    try:
        accept_all(listener, handle)
    except eventlet.StopServe:
        listener.close()
        finish(admission)
