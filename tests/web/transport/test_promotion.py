"""Connections with a session are kept when others must make room, with polling and WebSocket."""

from __future__ import annotations

import socket
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing
from unittest.mock import Mock

import pytest

from tests.support.app_process import AppProcess, Mode, running_app
from tests.web.engineio_client import OPEN_SESSION, Polling
from tests.web.raw_http import GET, ask, connect, crowd
from tests.web.recorder import connected
from web.transport.promotion import KEY, promote_sessions
from web.transport.stages import GRACE_SECONDS

UNAUTHENTICATED = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
"""A WebSocket that opens no session."""


@pytest.fixture(scope="module", params=["eventlet", "gunicorn", "threading"])
def small_app(request: pytest.FixtureRequest, app: AppProcess) -> Iterator[AppProcess]:
    """An app with room for few connections."""
    mode: Mode = request.param
    settings = {
        "MIEN_MODEL_SERVER": app.model_server_target,
        "MIEN_MAX_CONNECTIONS": "140",
        "MIEN_MAX_CONNECTIONS_PER_ADDRESS": "120",
    }
    with running_app(mode, **settings) as process:
        yield process


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@pytest.mark.parametrize("kind", [GET, UNAUTHENTICATED], ids=["half heads", "unauthenticated"])
def test_a_session_goes_on_while_a_crowd_comes_and_goes(
    small_app: AppProcess, frame: bytes, transport: str, kind: bytes
) -> None:
    with connected(small_app.url, transport=transport) as client:
        client.wait_for("session")
        for seq in range(2):
            with crowd(small_app.port, 160, kind):
                assert ask(small_app.port).startswith(b"HTTP/1.1 200")
                assert client.call("frame", {"seq": seq}, frame)["status"] == "analysed"
        assert not client.find("disconnect")


@pytest.mark.parametrize("kind", [GET, UNAUTHENTICATED], ids=["half heads", "unauthenticated"])
def test_a_session_may_use_its_connection_again_after_a_crowd_came(
    small_app: AppProcess, kind: bytes
) -> None:
    with closing(Polling(small_app)) as client, connect(small_app.port) as wire:
        path = client.url.removeprefix(small_app.url)
        response = post(wire, path, OPEN_SESSION)
        if b"connection: close" in response.lower():
            pytest.skip("This server closes a connection after each request.")
        time.sleep(1.2 * GRACE_SECONDS)
        with crowd(small_app.port, 160, kind):
            assert ask(small_app.port).startswith(b"HTTP/1.1 200")
        assert post(wire, path, '42["configure",{}]').startswith(b"HTTP/1.1 200")


def post(wire: socket.socket, path: str, packet: str) -> bytes:
    """Sends a packet by long polling, and returns the response."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(packet)}\r\n\r\n"
    wire.sendall((head + packet).encode())
    response = b""
    while b"OK" not in response.partition(b"\r\n\r\n")[2]:
        part = wire.recv(4096)
        assert part, f"the server closed the connection after {response!r}"
        response += part
    return response


class Visit:
    """A request on a connection of its own, or on that of an earlier request."""

    def __init__(self, earlier: Visit | None = None) -> None:
        self.connection = earlier.connection if earlier else object()
        self.is_promoted = False
        self.is_kept = False

    def promote(self) -> None:
        self.is_promoted = True

    def demote(self) -> None:
        self.is_promoted = False

    def keep(self) -> None:
        self.is_kept = True

    def release(self) -> None:
        self.is_kept = False


@pytest.mark.parametrize(
    ("query", "is_promoted"),
    [("EIO=4&sid=known", True), ("sid=known&t=1", True), ("sid=other", False), ("", False)],
)
def test_requests_of_polling_belong_to_the_session_of_their_sid(
    query: str, is_promoted: bool
) -> None:
    visit = Visit()
    seen: list[bool] = []
    page = promote_sessions(lambda *_: seen.append(visit.is_promoted) or [], known_server())
    page({"QUERY_STRING": query, "REQUEST_METHOD": "GET", KEY: visit}, None)
    assert seen == [is_promoted]


@pytest.mark.parametrize(
    ("requests", "promoted"),
    [
        (["GET", "GET"], [False, True]),
        (["GET", "POST"], [True, False]),
        (["GET", "UPGRADE"], [False, True]),
        (["UPGRADE", "GET"], [True, False]),
    ],
)
def test_one_request_of_a_session_is_promoted_at_a_time(
    requests: list[str], promoted: list[bool]
) -> None:
    visits = [Visit() for _ in requests]
    states: list[bool] = []

    def hang(*_: object) -> list[bytes]:
        """Answers no request before all have come."""
        if waiting:
            come(*waiting.pop())
        else:
            states.extend(visit.is_promoted for visit in visits)
        return []

    def come(kind: str, visit: Visit) -> None:
        method = "GET" if kind == "UPGRADE" else kind
        environ = {"QUERY_STRING": "sid=known", "REQUEST_METHOD": method, KEY: visit}
        page({**environ, **({"HTTP_UPGRADE": "websocket"} if kind == "UPGRADE" else {})}, None)

    waiting = list(zip(requests, visits, strict=True))[::-1]
    page = promote_sessions(hang, known_server())
    come(*waiting.pop())
    assert states == promoted


def test_a_session_keeps_the_connection_of_its_last_post_only() -> None:
    page = promote_sessions(lambda *_: [], known_server())
    visits = [Visit() for _ in range(3)]
    for visit in visits:
        page({"QUERY_STRING": "sid=known", "REQUEST_METHOD": "POST", KEY: visit}, None)
    assert [visit.is_kept for visit in visits] == [False, False, True]


def test_a_client_may_change_the_roles_of_its_connections() -> None:
    page = promote_sessions(lambda *_: [], known_server())
    first, second = Visit(), Visit()
    for method, visit in [("GET", first), ("POST", second), ("GET", Visit(second))]:
        visit.keep()
        page({"QUERY_STRING": "sid=known", "REQUEST_METHOD": method, KEY: visit}, None)
    assert first.is_kept


def test_a_connection_is_not_kept_for_other_requests() -> None:
    visit = Visit()
    visit.keep()
    page = promote_sessions(lambda *_: [], known_server())
    page({"QUERY_STRING": "sid=other", "REQUEST_METHOD": "POST", KEY: visit}, None)
    assert not visit.is_kept


def test_connections_of_sessions_that_have_ended_are_kept_no_longer() -> None:
    sids = {"first"}
    page = promote_sessions(lambda *_: [], known_server(sids))
    visits = [Visit(), Visit()]
    for sid, visit in zip(["first", "second"], visits, strict=True):
        sids |= {sid}
        page({"QUERY_STRING": f"sid={sid}", "REQUEST_METHOD": "POST", KEY: visit}, None)
        sids.clear()
    assert [visit.is_kept for visit in visits] == [False, True]


def known_server(sids: Collection[str] = ("known",)) -> Mock:
    """A server on which some connections have a session."""
    server = Mock()
    server.manager.sid_from_eio_sid = lambda sid, _: "session" if sid in sids else None
    return server


def test_bodies_that_drip_lock_no_newcomer_out(small_app: AppProcess) -> None:
    with ExitStack() as stack:
        for _ in range(16):
            with closing(Polling(small_app)) as client:
                client.post(OPEN_SESSION)
            path = client.url.removeprefix(small_app.url)
            post = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n"
            stack.enter_context(crowd(small_app.port, 8, post.encode()))
        with connected(small_app.url) as newcomer:
            newcomer.wait_for("session")
