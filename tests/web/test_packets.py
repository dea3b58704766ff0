"""Packets that come in one request, by long polling."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO

from web.packets import guard_packets

PATH = "/socket.io/?EIO=4&transport=polling"
SEPARATOR = "\x1e"
CLOSE, OPEN_SESSION = "1", "40"


@pytest.fixture
def socketio() -> SocketIO:
    socketio = SocketIO(Flask("mien"), async_mode="threading")
    socketio.server.on("connect", lambda sid, environ: None)
    guard_packets(socketio)
    return socketio


@pytest.fixture
def client(socketio: SocketIO) -> FlaskClient:
    app: Flask = socketio.sockio_mw.flask_app
    return app.test_client()


def _post(client: FlaskClient, *packets: str) -> None:
    connection = json.loads(client.get(PATH).text[1:])["sid"]
    client.post(f"{PATH}&sid={connection}", data=SEPARATOR.join(packets))


def test_no_session_is_opened_on_a_connection_that_was_closed_just_before(
    socketio: SocketIO, client: FlaskClient
) -> None:
    _post(client, CLOSE, OPEN_SESSION)

    assert list(socketio.server.manager.get_participants("/", None)) == []


def test_a_session_is_opened_otherwise(socketio: SocketIO, client: FlaskClient) -> None:
    _post(client, OPEN_SESSION)

    assert len(list(socketio.server.manager.get_participants("/", None))) == 1
