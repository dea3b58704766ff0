from __future__ import annotations

from face_utils.backend import ModelOutputs
from face_utils.errors import ModelUnavailable
from serving.circuit_breaker import NO_RESPONSE_YET, ModelState
from tests.serving.client.fake_server import Server, State
from tests.serving.client.recording_client import AGE, MOOD


class TestAvailability:
    def test_before_the_server_was_asked_no_model_is_available(self, connect, server):
        client = connect(server).client

        assert not client.is_available("mood")
        assert client.states == {"mood": ModelState("mood", message=NO_RESPONSE_YET)}

    def test_every_model_that_is_served_becomes_available_in_its_version(self, connect, server):
        server.versions["age"] = {3: State.AVAILABLE, 7: State.AVAILABLE, 8: State.LOADING}

        client = connect(server, models=(MOOD, AGE)).watch().until_all_available()

        assert {name: state.version for name, state in client.client.states.items()} == {
            "mood": 1,
            "age": 7,
        }

    def test_a_server_that_does_not_listen_does_not_respond(self, connect, free_port):
        client = connect(f"127.0.0.1:{free_port()}").watch()

        assert client.until().message == "The model server does not respond."
        assert isinstance(client.ask(), ModelUnavailable)
        assert not client.client.is_available("mood")

    def test_a_server_that_stops_and_returns_is_noticed(self, connect, server):
        client = connect(server).watch().until_all_available()

        server.stop()
        assert client.until(available=False).message == "The model server does not respond."
        again = Server(server.port)

        client.until(available=True)
        assert isinstance(client.ask(), ModelOutputs)
        again.stop()

    def test_a_server_that_starts_after_the_client_is_found(self, connect, free_port):
        port = free_port()
        client = connect(f"127.0.0.1:{port}").watch()
        client.until(available=False)

        late = Server(port)

        client.until(available=True)
        late.stop()

    def test_a_model_that_the_server_does_not_know_is_named_as_such(self, connect, server):
        del server.versions["mood"]
        client = connect(server, models=(MOOD, AGE)).watch()

        state = client.until(name="mood")

        assert state.message == "The model server does not serve this model."
        client.until(name="age", available=True)

    def test_a_model_without_a_working_version_is_unavailable(self, connect, server):
        server.versions["mood"] = {1: State.END, 2: State.LOADING}

        state = connect(server).watch().until()

        assert state.message == "The model server has no working version of this model."

    def test_a_model_that_does_not_fit_the_contract_says_what_does_not(self, connect, server):
        server.crop_size = 64

        state = connect(server).watch().until()

        assert not state.available
        assert state.message == (
            "Version 1 does not fit the contract: its crops are [64, 64, 1] instead of [48, 48, 1]."
        )

    def test_a_new_version_is_taken_up(self, connect, server):
        client = connect(server).watch().until_all_available()

        server.versions["mood"] = {2: State.AVAILABLE}

        assert client.until(version=2).available
        assert client.ask().version == 2

    def test_a_new_version_that_does_not_fit_the_contract_is_not_used(self, connect, server):
        client = connect(server).watch().until_all_available()

        server.crop_size = 64
        server.versions["mood"] = {2: State.AVAILABLE}

        assert "Version 2 does not fit" in client.until(available=False).message
        server.crop_size = 48
        assert client.until(available=True).version == 2
