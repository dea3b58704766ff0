"""The client against real gRPC."""

from __future__ import annotations

import pytest

from serving.hub_bridge import HubBridge
from tests.serving.client.fake_server import Server
from tests.serving.client.recording_client import AGE, MOOD, RecordingClient


@pytest.fixture(scope="module")
def bridge():
    bridge = HubBridge()
    bridge.start()
    return bridge


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def connect(bridge):
    clients = []

    def connect_to(target, **options):
        if isinstance(target, Server):
            target = f"127.0.0.1:{target.port}"
        clients.append(RecordingClient(bridge, target, **options))
        return clients[-1]

    yield connect_to
    for client in clients:
        client.client.close()


@pytest.fixture
def client(connect, server):
    """A client that has found both models of the server."""
    return connect(server, models=(MOOD, AGE)).watch().until_all_available()
