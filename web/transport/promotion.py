"""Keeps the connections of sessions when there is no room for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from web.transport.http_protocol import find_sid
from web.transport.page import Page

KEY = "mien.connection"


def promote(environ: Mapping[str, Any]) -> None:
    """Says that a request belongs to a session, so its connection is not closed for others."""
    if visit := environ.get(KEY):
        visit.promote()


def promote_sessions(page: Page, server: Any) -> Page:
    """Promotes the requests of clients whose session is open already.

    A WebSocket that opens its session by itself is one request, and is promoted by `promote` then.
    Polling takes many requests, and each may come by another connection.

    Args:
        page: Answers all requests.
        server: The Socket.IO server.
    """
    manager = server.manager

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        sid = find_sid(environ.get("QUERY_STRING", ""))
        if sid and manager.sid_from_eio_sid(sid, "/") is not None:
            promote(environ)
        return page(environ, start_response)

    return answer
