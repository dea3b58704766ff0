from __future__ import annotations

import grpc
import numpy as np
import pytest

from face_utils.backend import ModelOutputs
from face_utils.errors import ModelUnavailable
from tests.serving.client.fake_server import TIMEOUT_SECONDS
from tests.serving.client.recording_client import AGE, MOOD


class TestFaults:
    def test_a_server_that_misses_the_deadline_is_too_slow(self, connect, server):
        client = connect(server, timeout=0.1).watch().until_all_available()
        server.go_on.clear()

        outcome = client.ask()

        assert isinstance(outcome, ModelUnavailable)
        assert outcome.message == "The model server is too slow."

    def test_after_three_missed_deadlines_the_model_is_unavailable(self, connect, server):
        client = connect(server, timeout=0.1).watch().until_all_available()
        server.go_on.clear()

        for _ in range(3):
            assert client.client.is_available("mood")
            client.ask()

        assert client.until(available=False).message == "The model server is too slow."
        server.go_on.set()
        client.until(available=True)
        assert isinstance(client.ask(), ModelOutputs)

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (grpc.StatusCode.UNAVAILABLE, "The model server does not respond."),
            (grpc.StatusCode.NOT_FOUND, "The model server does not serve this model."),
        ],
    )
    def test_a_model_that_is_gone_is_unavailable_at_once(self, client, server, code, message):
        server.error = (code, "gone")

        assert client.ask().message == message
        assert client.until(name="mood", available=False).message == message

    @pytest.mark.parametrize("code", [grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT])
    def test_other_server_errors_are_passed_on_unchanged(self, client, server, code):
        server.error = (code, "out of memory")

        outcome = client.ask()

        assert isinstance(outcome, ModelUnavailable)
        assert outcome.message == f"The model server responded with {code.name}: out of memory"

    def test_a_response_in_between_resets_the_failure_count(self, client, server):
        for error in ("no", "no", None, "no", "no"):
            server.error = error and (grpc.StatusCode.INTERNAL, error)
            client.ask()
            assert client.client.is_available("mood")

    @pytest.mark.parametrize(
        ("model", "outputs", "reason"),
        [
            (MOOD, {}, "output 'probabilities' is missing"),
            (MOOD, {"probabilities": np.ones((2, 2), "f4")}, "'probabilities' has shape [2, 2]"),
            (MOOD, {"probabilities": np.ones((3, 7), "f4")}, "'probabilities' has shape [3, 7]"),
            (MOOD, {"probabilities": np.float32(1)}, "'probabilities' has shape []"),
            (
                MOOD,
                {"probabilities": np.full((3, 2), np.nan, "f4")},
                "contains a value that is not a number",
            ),
            (AGE, {"years": np.ones(3, "f4"), "low": np.ones(3, "f4")}, "'high' is missing"),
            (AGE, {"years": np.ones((3, 1), "f4")}, "output 'years' has shape [3, 1]"),
        ],
    )
    def test_a_response_that_violates_the_contract_is_an_error(
        self, client, server, model, outputs, reason
    ):
        server.outputs = {name: np.asarray(array) for name, array in outputs.items()}

        outcome = client.ask(model=model)

        assert isinstance(outcome, ModelUnavailable)
        assert "does not fit the contract" in outcome.message
        assert reason in outcome.message

    @pytest.mark.parametrize(
        "maps",
        [
            np.ones((3, 2), "f4"),
            np.ones((2, 6, 6, 2), "f4"),
            np.ones((3, 6, 6, 5), "f4"),
            np.ones((3, 0, 0, 2), "f4"),
            np.full((3, 6, 6, 2), np.inf, "f4"),
        ],
        ids=lambda maps: f"{maps.shape}",
    )
    def test_an_activation_that_violates_the_contract_is_an_error(self, client, server, maps):
        server.outputs["activation"] = maps

        outcome = client.ask(activation=True)

        assert isinstance(outcome, ModelUnavailable)
        assert "output 'activation'" in outcome.message

    def test_closing_answers_what_is_in_flight_as_unavailable(self, client, server):
        server.go_on.clear()
        outcomes = client.ask_later()

        client.client.close()

        assert isinstance(outcomes.get(timeout=TIMEOUT_SECONDS), ModelUnavailable)

    def test_a_closed_client_answers_as_unavailable(self, client):
        client.client.close()

        assert isinstance(client.ask(), ModelUnavailable)
