from __future__ import annotations

import threading
from queue import Queue

import numpy as np

from face_utils.backend import ModelOutputs, PredictRequest
from serving.tensors import decode
from tests.serving.client.fake_server import TIMEOUT_SECONDS
from tests.serving.client.watched import AGE, CROPS, MOOD


class TestAnswers:
    def test_a_model_is_asked_by_name_for_its_outputs_about_raw_bytes(self, client, server):
        client.ask()

        [request] = server.requests
        assert request.model_spec.name == "mood"
        assert request.model_spec.signature_name == "serving_default"
        assert list(request.output_filter) == ["probabilities"]
        assert list(request.inputs) == ["image"]
        np.testing.assert_array_equal(decode(request.inputs["image"]), CROPS[..., np.newaxis])

    def test_a_classification_answers_with_one_row_per_face(self, client):
        answer = client.ask()

        assert answer.version == 1
        np.testing.assert_array_equal(answer.outputs["probabilities"], [[0.25, 0.75]] * 3)

    def test_only_who_wants_to_know_why_is_sent_the_activation_too(self, client, server):
        plain, explained = client.ask(), client.ask(activation=True)

        assert [list(request.output_filter) for request in server.requests] == [
            ["probabilities"],
            ["probabilities", "activation"],
        ]
        assert set(plain.outputs) == {"probabilities"}
        np.testing.assert_array_equal(explained.outputs["activation"], server.outputs["activation"])

    def test_a_measure_answers_with_its_value_and_its_range(self, client):
        answer = client.ask(model=AGE)

        assert {name: values.tolist() for name, values in answer.outputs.items()} == {
            "years": [20, 30, 40],
            "low": [15, 25, 35],
            "high": [25, 35, 45],
        }

    def test_asking_does_not_wait_and_models_do_not_wait_for_each_other(self, client, server):
        server.go_on.clear()

        answers = [client.ask_later(), client.ask_later(model=AGE), client.ask_later()]
        assert [queue.empty() for queue in answers] == [True] * 3
        server.go_on.set()

        assert all(isinstance(q.get(timeout=TIMEOUT_SECONDS), ModelOutputs) for q in answers)

    def test_answers_come_in_the_bridge_s_thread(self, client):
        names = Queue()

        request = PredictRequest(MOOD, CROPS)
        client.client.predict(request, lambda _: names.put(threading.current_thread().name))

        assert names.get(timeout=TIMEOUT_SECONDS) == "bridge"
