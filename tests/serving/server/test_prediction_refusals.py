"""Refused requests, and their messages."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import grpc
import numpy as np
import pytest

from serving.server.admission import WORKERS
from serving.server.batching import Batcher
from serving.server.lifecycle import MAX_CALLS
from serving.server.predict_request import MAX_ROWS
from serving.server.repository import Repository
from serving.server.servable import load_servable
from tests.serving.reference import classification_pb2, inference_pb2, predict_pb2, regression_pb2

IMAGE = {"image": np.zeros((1, 16, 16, 1), np.uint8)}
INVALID = grpc.StatusCode.INVALID_ARGUMENT
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_batch_over_the_limit_is_refused(client, refusal):
    image = np.zeros((MAX_ROWS + 1, 16, 16, 1), np.uint8)

    code, details = refusal(client.predict, "years", {"image": image})

    assert code is INVALID
    assert details == "Task size 129 is larger than maximum input batch size 128"


def test_a_message_over_the_limit_is_refused(client, refusal):
    image = np.zeros((4 * 1024 * 1024 // 256 + 1, 16, 16, 1), np.uint8)

    code, _ = refusal(client.predict, "mood", {"image": image})

    assert code is EXHAUSTED


def test_calls_over_the_limit_are_refused_at_once(serve, models, refusal):
    entered, may_finish = threading.Event(), threading.Event()

    def run(inputs):
        entered.set()
        assert may_finish.wait(60)
        return {"probabilities": np.ones((1, 3), "f4")}

    def load(name, version, folder):
        return replace(load_servable(name, version, folder), batcher=Batcher(run))

    client = serve(Repository(models, load), max_calls=1)
    first = client.prediction.Predict.future(client.request("mood", IMAGE))
    entered.wait(60)
    code, details = refusal(client.predict, "mood", IMAGE)
    may_finish.set()

    assert code is EXHAUSTED
    assert details == "Too many Predict calls. Try again later."
    assert first.result().model_spec.name == "mood"


def test_status_and_health_are_answered_while_every_predict_call_waits(serve, models, refusal):
    entered, may_finish = threading.Semaphore(0), threading.Event()

    def run(inputs, is_active):
        entered.release()
        assert may_finish.wait(60)
        return {"probabilities": np.ones((1, 3), "f4")}

    def load(name, version, folder):
        return replace(load_servable(name, version, folder), batcher=SimpleNamespace(run=run))

    client = serve(Repository(models, load))
    request = client.request("mood", IMAGE)
    calls = [client.prediction.Predict.future(request) for _ in range(MAX_CALLS)]
    for _ in range(WORKERS):
        assert entered.acquire(timeout=60)
    try:
        while refusal(client.predict, "mood", IMAGE)[0] is not EXHAUSTED:
            pass
        assert client.states("mood") == {1: "AVAILABLE"}
        assert client.is_serving("mood")
    finally:
        may_finish.set()
    assert [call.result().model_spec.name for call in calls] == ["mood"] * MAX_CALLS


@pytest.mark.parametrize(
    ("name", "spec", "words"),
    [
        ("height", {}, "Latest(height)"),
        ("mood", {"version": 9}, "Specific(mood, 9)"),
        ("mood", {"version": 0}, "Specific(mood, 0)"),
    ],
)
def test_unknown_models_and_versions_are_not_found(client, refusal, name, spec, words):
    expected = (grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {words}")

    assert refusal(client.predict, name, IMAGE, **spec) == expected
    assert refusal(client.metadata, name, **spec) == expected


@pytest.mark.parametrize(
    ("name", "spec", "words"),
    [
        ("", {}, "Missing ModelSpec"),
        ("mood", {"version_label": "stable"}, "not currently allowed by the server"),
        ("mood", {"signature_name": "other"}, 'Serving signature key "other" not found'),
    ],
)
def test_an_invalid_model_spec_is_refused(client, refusal, name, spec, words):
    code, details = refusal(client.predict, name, IMAGE, **spec)

    assert code is INVALID
    assert words in details


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "0!=1 len({}) != len({image}). Sent extra: {}. Missing but required: {image}."),
        (IMAGE | {"mask": IMAGE["image"]}, "Sent extra: {mask}. Missing but required: {}."),
        ({"face": IMAGE["image"]}, "Sent extra: {face}. Missing but required: {image}."),
        (
            {"image": IMAGE["image"].astype("f4")},
            "expected uint8 [-1, 16, 16, 1], given float [1, 16, 16, 1]",
        ),
        ({"image": np.zeros((2, 48, 48, 1), "u1")}, "given uint8 [2, 48, 48, 1]"),
        ({"image": np.zeros((16, 16, 1), "u1")}, "given uint8 [16, 16, 1]"),
        ({"image": np.zeros((), "u1")}, "given uint8 []"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_with_the_reason(client, refusal, inputs, words):
    code, details = refusal(client.predict, "mood", inputs)

    assert code is INVALID
    assert words in details


def test_a_tensor_that_contradicts_itself_is_refused(client, refusal):
    request = client.request("mood", IMAGE)
    request.inputs["image"].tensor_shape.dim[0].size = 2

    code, details = refusal(client.prediction.Predict, request)

    assert code is INVALID
    assert details == "input 'image': the tensor's shape [2, 16, 16, 1] takes 512 bytes, not 256"


def test_a_short_message_cannot_declare_a_huge_tensor(client, refusal):
    request = client.request("mood", IMAGE)
    request.inputs["image"].tensor_shape.dim[0].size = 2**40
    request.inputs["image"].ClearField("tensor_content")

    code, details = refusal(client.prediction.Predict, request)

    assert code is INVALID
    assert "is larger than maximum input batch size" in details


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (["age"], "output tensor alias not found in signature: age Outputs expected to be in the"),
        (["low", "low"], "duplicate output tensor alias: low"),
    ],
)
def test_an_output_filter_that_does_not_fit_is_refused(client, refusal, outputs, words):
    code, details = refusal(client.predict, "years", IMAGE, outputs)

    assert code is INVALID
    assert words in details


@pytest.mark.parametrize(
    ("fields", "words"),
    [([], "must specify at least one metadata_field"), (["size"], "field size is not supported")],
)
def test_unknown_metadata_is_refused(client, refusal, fields, words):
    code, details = refusal(client.metadata, "mood", fields)

    assert code is INVALID
    assert words in details


def test_a_request_without_a_model_spec_is_refused(client, refusal):
    response = refusal(client.prediction.Predict, predict_pb2.PredictRequest())

    assert response == (INVALID, "Missing ModelSpec")


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("Classify", classification_pb2.ClassificationRequest()),
        ("Regress", regression_pb2.RegressionRequest()),
        ("MultiInference", inference_pb2.MultiInferenceRequest()),
    ],
)
def test_methods_for_tf_examples_are_unimplemented(client, refusal, method, request_):
    code, _ = refusal(getattr(client.prediction, method), request_)

    assert code is grpc.StatusCode.UNIMPLEMENTED
