from __future__ import annotations

import threading
from queue import Queue

import numpy as np

from face_utils.backend import ModelOutputs, PredictRequest
from serving.tensors import decode
from tests.serving.client.fake_server import TIMEOUT_SECONDS
from tests.serving.client.recording_client import AGE, CROPS, MOOD


class TestPredict:
    def test_a_model_is_asked_by_name_for_its_outputs_about_raw_bytes(self, client, server):
        client.ask()

        [request] = server.requests
        assert request.model_spec.name == "mood"
        assert request.model_spec.signature_name == "serving_default"
        assert list(request.output_filter) == ["probabilities"]
        assert list(request.inputs) == ["image"]
        np.testing.assert_array_equal(decode(request.inputs["image"]), CROPS[..., np.newaxis])

    def test_a_classification_has_one_row_per_face(self, client):
        outcome = client.ask()

        assert outcome.version == 1
        np.testing.assert_array_equal(outcome.outputs["probabilities"], [[0.25, 0.75]] * 3)

    def test_the_activation_is_sent_only_if_it_is_requested(self, client, server):
        plain, explained = client.ask(), client.ask(activation=True)

        assert [list(request.output_filter) for request in server.requests] == [
            ["probabilities"],
            ["probabilities", "activation"],
        ]
        assert set(plain.outputs) == {"probabilities"}
        np.testing.assert_array_equal(explained.outputs["activation"], server.outputs["activation"])

    def test_a_regression_has_a_value_and_a_range(self, client):
        outcome = client.ask(model=AGE)

        assert {name: values.tolist() for name, values in outcome.outputs.items()} == {
            "years": [20, 30, 40],
            "low": [15, 25, 35],
            "high": [25, 35, 45],
        }

    def test_asking_does_not_wait_and_models_do_not_wait_for_each_other(self, client, server):
        server.go_on.clear()

        outcomes = [client.ask_later(), client.ask_later(model=AGE), client.ask_later()]
        assert [queue.empty() for queue in outcomes] == [True] * 3
        server.go_on.set()

        assert all(isinstance(q.get(timeout=TIMEOUT_SECONDS), ModelOutputs) for q in outcomes)

    def test_outcomes_come_in_the_bridge_s_thread(self, client):
        names = Queue()

        request = PredictRequest(MOOD, CROPS)
        client.client.predict(request, lambda _: names.put(threading.current_thread().name))

        assert names.get(timeout=TIMEOUT_SECONDS) == "bridge"
