"""Connections with a session stay when there is no room, by polling and by WebSocket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.app_process import AppProcess, Mode, running_app
from tests.web.raw_http import GET, ask, crowd
from tests.web.recorder import connected


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
def test_a_session_goes_on_while_a_crowd_comes_and_goes(
    small_app: AppProcess, frame: bytes, transport: str
) -> None:
    with connected(small_app.url, transport=transport) as client:
        client.wait_for("session")
        for seq in range(3):
            with crowd(small_app.port, 160, GET):
                assert client.call("frame", {"seq": seq}, frame)["status"] == "analysed"
                assert ask(small_app.port).startswith(b"HTTP/1.1 200")
        assert not client.find("disconnect")
