"""WSGI middleware that answers `/healthz` before the application."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[..., Iterable[bytes]]
"""A WSGI application."""

HEALTH_PATH = "/healthz"
_ALIVE = b'{"status":"alive"}\n'
_HEADERS = [
    ("Content-Type", "application/json"),
    ("Content-Length", str(len(_ALIVE))),
    ("Cache-Control", "no-store"),
]


def answer_health(application: Application) -> Application:
    """Answers `/healthz` before the application, which takes one turn of the event loop.

    Probes use all kinds of names and addresses, so it comes before the check of `Host`, too.

    Args:
        application: Answers all other requests.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_read = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if environ["PATH_INFO"] != HEALTH_PATH or not is_read:
            return application(environ, start_response)
        start_response("200 OK", list(_HEADERS))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [_ALIVE]

    return answer
