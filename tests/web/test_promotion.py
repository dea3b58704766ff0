"""Connections with a session stay when there is no room, by polling and by WebSocket."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import Mock

import pytest

from benchmarks.app_process import AppProcess, Mode, running_app
from tests.web.raw_http import GET, ask, crowd
from tests.web.recorder import connected
from web.transport.promotion import KEY, promote_sessions

STRANGER = (
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
@pytest.mark.parametrize("kind", [GET, STRANGER], ids=["half heads", "strangers"])
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


class Visit:
    is_promoted = False

    def promote(self) -> None:
        self.is_promoted = True


@pytest.mark.parametrize(
    ("query", "is_promoted"),
    [("EIO=4&sid=known", True), ("sid=known&t=1", True), ("sid=other", False), ("", False)],
)
def test_requests_of_polling_belong_to_the_session_of_their_sid(
    query: str, is_promoted: bool
) -> None:
    server = Mock()
    server.manager.sid_from_eio_sid = lambda sid, _: "session" if sid == "known" else None
    visit = Visit()
    page = promote_sessions(lambda *_: [], server)
    page({"QUERY_STRING": query, KEY: visit}, None)
    assert visit.is_promoted == is_promoted
