"""Connections without a session are closed; tests/web/live/test_limits.py has those with one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
import websocket

from tests.support.app_process import AppProcess, Mode, running_app
from tests.web.engineio_client import OPEN_SESSION, Polling
from web.transport.connection_reaper import UNAUTHENTICATED_CONNECTIONS

CLOSE = "1"


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def impatient_app(app: AppProcess, request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    """An app with a token that waits for two seconds; it uses the other app's model server."""
    mode: Mode = request.param
    with running_app(
        mode,
        MIEN_MODEL_SERVER=app.model_server_target,
        MIEN_SESSION_IDLE_SECONDS="2",
        MIEN_ACCESS_TOKEN="open sesame",
    ) as process:
        yield process


@pytest.fixture
def wire(impatient_app: AppProcess) -> Iterator[websocket.WebSocket]:
    """A connection on which the server has said its name."""
    address = impatient_app.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    with closing(websocket.create_connection(address, timeout=20)) as wire:
        assert wire.recv().startswith("0")
        yield wire


def test_a_client_that_opens_no_session_is_hung_up_on(wire: websocket.WebSocket) -> None:
    assert wire.recv() == CLOSE


def test_a_client_that_was_refused_a_session_is_hung_up_on(wire: websocket.WebSocket) -> None:
    wire.send('40{"token": "guess"}')
    [refusal] = iter(wire.recv, CLOSE)
    assert refusal.startswith("44")


def test_a_client_that_has_left_its_session_is_hung_up_on(wire: websocket.WebSocket) -> None:
    wire.send('40{"token": "open sesame"}')
    wire.send("41")
    confirmation, *_ = iter(wire.recv, CLOSE)
    assert confirmation.startswith("40")


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def lonely_app(app: AppProcess, request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    """An app for one session; it uses the other app's model server."""
    mode: Mode = request.param
    settings = {"MIEN_MODEL_SERVER": app.model_server_target, "MIEN_MAX_SESSIONS": "1"}
    with running_app(mode, **settings) as process:
        yield process


def test_the_oldest_of_many_clients_that_open_no_session_make_room(lonely_app: AppProcess) -> None:
    threads = lonely_app.process.num_threads()
    with closing(Polling(lonely_app)) as member, closing(Polling(lonely_app)) as oldest:
        assert member.post(OPEN_SESSION) == 200
        for _ in range(UNAUTHENTICATED_CONNECTIONS):
            with closing(Polling(lonely_app)) as newest:
                pass
        assert oldest.post(OPEN_SESSION) == 400
        assert newest.post(OPEN_SESSION) == 200
        assert member.get().startswith("40")
    assert lonely_app.process.num_threads() < threads + UNAUTHENTICATED_CONNECTIONS / 2
