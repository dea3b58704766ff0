"""Keeps the connections of sessions open when there are too many connections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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

    The connections of the last GET and the last POST are kept between requests. Otherwise they
    would be idle and make room, and the client would lose its session with the request that it
    sends just then.

    Args:
        application: Answers all requests.
        server: The Socket.IO server.
    """

    def is_member(sid: str) -> bool:
        return bool(sid) and server.manager.sid_from_eio_sid(sid, "/") is not None

    connections = _SessionConnections(is_member)
    upgrades: set[str] = set()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        sid = find_sid(environ.get("QUERY_STRING", ""))
        visit = environ.get(KEY)
        if visit is None or sid in upgrades:
            return application(environ, start_response)
        if not is_member(sid):
            visit.release()  # The connection may have been kept for an earlier request.
        elif environ["REQUEST_METHOD"] == "GET":
            visit.promote()
            connections.claim(sid, "GET", visit)
        is_upgrade = is_member(sid) and "HTTP_UPGRADE" in environ
        if is_upgrade:
            upgrades.add(sid)
        try:
            return application(environ, start_response)
        finally:
            if is_upgrade:
                upgrades.discard(sid)
            elif environ["REQUEST_METHOD"] == "POST" and is_member(sid):  # Perhaps only now.
                visit.keep()
                connections.claim(sid, "POST", visit)

    return answer


class _SessionConnections:
    """The connections of the last GET and the last POST of each session.

    Args:
        is_member: Whether an Engine.IO connection has an open session.
    """

    def __init__(self, is_member: Callable[[str], bool]) -> None:
        self._is_member = is_member
        self._visits: dict[str, dict[str, Any]] = {}

    def claim(self, sid: str, method: str, visit: Any) -> None:
        """Puts a request in the place of the last one with its method, which loses its own.

        A client may change the roles of its two connections. Then both stay.
        """
        if sid not in self._visits:
            self._forget_ended()
        visits = self._visits.setdefault(sid, {})
        other = "POST" if method == "GET" else "GET"
        replaced = visits.get(method)
        visits[method] = visit
        if replaced:
            replaced.demote()
        if other in visits and visits[other].connection is visit.connection:
            del visits[other]
            visits |= {other: replaced} if replaced else {}
        elif replaced:
            replaced.release()

    def _forget_ended(self) -> None:
        """Releases the connections of sessions that have ended."""
        for sid in [sid for sid in list(self._visits) if not self._is_member(sid)]:
            for visit in self._visits.pop(sid, {}).values():
                visit.release()
