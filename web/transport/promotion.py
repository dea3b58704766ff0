"""Keeps the connections of sessions open when there are too many connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from web.transport.health import Application
from web.transport.http_protocol import find_sid

KEY = "mien.connection"


def promote(environ: Mapping[str, Any]) -> None:
    """Marks a request as part of a session, so its connection is not closed for others."""
    if visit := environ.get(KEY):
        visit.promote()


def promote_sessions(application: Application, server: Any) -> Application:
    """Promotes the requests of clients whose session is open already.

    A WebSocket that opens its session itself is one request, which `promote` promotes. Polling
    takes many requests, each perhaps on another connection. One of them is promoted at a time, or a
    client could hold many connections for one session: the newest GET, and finally the one that
    becomes a WebSocket. A POST must send its body in time, so none is promoted.

    Args:
        application: Answers all requests.
        server: The Socket.IO server.
    """
    manager = server.manager

    promoted: dict[str, tuple[Any, bool]] = {}

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        sid = find_sid(environ.get("QUERY_STRING", ""))
        visit = environ.get(KEY)
        earlier, is_upgrade = promoted.get(sid, (None, False))
        is_member = visit and sid and manager.sid_from_eio_sid(sid, "/") is not None
        if not is_member or is_upgrade or environ["REQUEST_METHOD"] != "GET":
            return application(environ, start_response)
        promoted[sid] = visit, "HTTP_UPGRADE" in environ
        if earlier:
            earlier.demote()
        promote(environ)
        try:
            return application(environ, start_response)
        finally:
            if promoted.get(sid, (None,))[0] is visit:
                promoted.pop(sid, None)

    return answer
