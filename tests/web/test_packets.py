"""Packets that come in one request, by long polling."""

from __future__ import annotations

import json
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO

from web.packets import WAITING_PACKETS, guard_packets

PACKETS_A_REQUEST = 16
PATH = "/socket.io/?EIO=4&transport=polling"
SEPARATOR = "\x1e"
CLOSE, OPEN_SESSION = "1", "40"


@pytest.fixture
def socketio() -> SocketIO:
    socketio = SocketIO(Flask("mien"), async_mode="threading", async_handlers=False)
    socketio.server.on("connect", lambda sid, environ: None)
    guard_packets(socketio)
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


def test_a_client_that_sends_and_never_takes_an_answer_is_cut_off(
    socketio: SocketIO, client: FlaskClient
) -> None:
    answered, gone = [], Event()
    socketio.server.on("question", lambda sid: answered.append(sid) or "answer")
    socketio.server.on("disconnect", lambda sid, reason: gone.set())
    address = _open(client)
    client.post(address, data=OPEN_SESSION)

    questions = SEPARATOR.join(['420["question"]'] * PACKETS_A_REQUEST)
    for _ in range(WAITING_PACKETS // PACKETS_A_REQUEST):
        client.post(address, data=questions)
    assert not gone.is_set()
    client.post(address, data=questions)

    assert gone.wait(20)
    assert len(answered) >= WAITING_PACKETS
