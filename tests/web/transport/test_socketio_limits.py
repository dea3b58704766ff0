"""Limits of packets in one long-polling request."""

from __future__ import annotations

import json
from threading import Event

import pytest
from engineio import packet, socket
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO

from web.transport.buffers import BufferBudget
from web.transport.connection_reaper import hang_up
from web.transport.engineio_limits import limit_engineio
from web.transport.socketio_limits import WAITING_PACKETS, guard_packets

PACKETS_A_REQUEST = 16
PATH = "/socket.io/?EIO=4&transport=polling"
SEPARATOR = "\x1e"
CLOSE, OPEN_SESSION = "1", "40"


@pytest.fixture
def socketio(monkeypatch: pytest.MonkeyPatch) -> SocketIO:
    # What is replaced in the library is put back, for the clients of other tests.
    monkeypatch.setattr(packet.Packet, "json", packet.Packet.json)
    for name in ("handle_post_request", "_websocket_handler"):
        monkeypatch.setattr(socket.Socket, name, getattr(socket.Socket, name))
    socketio = SocketIO(Flask("mien"), async_mode="threading", async_handlers=False)
    socketio.server.on("connect", lambda sid, environ: None)
    budget = BufferBudget(max_bytes=1_000_000)
    limit_engineio(socketio, PACKETS_A_REQUEST, budget)
    guard_packets(socketio, budget)
    return socketio


@pytest.fixture
def client(socketio: SocketIO) -> FlaskClient:
    app: Flask = socketio.sockio_mw.flask_app
    return app.test_client()


def _open(client: FlaskClient) -> str:
    """The address of a new connection."""
    return f"{PATH}&sid={json.loads(client.get(PATH).text[1:])['sid']}"


def _post(client: FlaskClient, *packets: str) -> None:
    client.post(_open(client), data=SEPARATOR.join(packets))


def test_no_session_is_opened_on_a_connection_that_was_closed_just_before(
    socketio: SocketIO, client: FlaskClient
) -> None:
    _post(client, CLOSE, OPEN_SESSION)

    assert list(socketio.server.manager.get_participants("/", None)) == []


def test_a_session_is_opened_otherwise(socketio: SocketIO, client: FlaskClient) -> None:
    _post(client, OPEN_SESSION)

    assert len(list(socketio.server.manager.get_participants("/", None))) == 1


@pytest.mark.parametrize(
    "body", ["x", "d=40", "d=1&a=b", SEPARATOR.join([OPEN_SESSION] * (PACKETS_A_REQUEST + 1))]
)
def test_a_request_that_holds_no_packets_or_too_many_ends_its_connection(
    socketio: SocketIO, client: FlaskClient, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = _open(client)
    assert client.post(address, data=body).status_code == 400
    [record] = caplog.records
    assert "sent a broken packet" in record.getMessage()
    assert record.exc_info is None
    assert client.get(address).status_code == 400
    assert list(socketio.server.manager.get_participants("/", None)) == []


def test_a_request_may_bring_as_many_packets_as_were_agreed(
    socketio: SocketIO, client: FlaskClient
) -> None:
    address = _open(client)
    packets = [OPEN_SESSION, *['420["question"]'] * (PACKETS_A_REQUEST - 1)]
    assert client.post(address, data=SEPARATOR.join(packets)).status_code == 200


def test_a_client_between_two_requests_gets_the_last_words(
    socketio: SocketIO, client: FlaskClient
) -> None:
    server, address = socketio.server, _open(client)
    client.post(address, data=OPEN_SESSION)
    client.get(address)
    [(session, connection)] = server.manager.get_participants("/", None)
    server.emit("farewell", to=session)
    hang_up(server, connection)
    assert "farewell" in client.get(address).text


def test_a_client_that_sends_and_never_takes_a_response_is_cut_off(
    socketio: SocketIO, client: FlaskClient
) -> None:
    responded, gone = [], Event()
    socketio.server.on("question", lambda sid: responded.append(sid) or "response")
    socketio.server.on("disconnect", lambda sid, reason: gone.set())
    address = _open(client)
    client.post(address, data=OPEN_SESSION)

    questions = SEPARATOR.join(['420["question"]'] * PACKETS_A_REQUEST)
    for _ in range(WAITING_PACKETS // PACKETS_A_REQUEST):
        client.post(address, data=questions)
    assert not gone.is_set()
    client.post(address, data=questions)

    assert gone.wait(20)
    assert len(responded) >= WAITING_PACKETS
