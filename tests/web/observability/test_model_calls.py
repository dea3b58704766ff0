"""Metrics and metadata of a call that one or several requests share."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from face_utils.backend import Done, ModelOutputs, PredictRequest
from face_utils.errors import MienError
from serving.client import CallFailed
from tests.support.model_specs import classification
from web.observability.metrics import REGISTRY
from web.observability.model_calls import ObservedBackend
from web.settings import ROOT

MOOD = classification()
OUTPUTS = ModelOutputs(1, {})


class Models:
    """Responds to each request with the same outcome, and keeps the requests."""

    def __init__(self, outcome: ModelOutputs | MienError = OUTPUTS) -> None:
        self.requests: list[PredictRequest] = []
        self._outcome = outcome

    def is_available(self, model: str) -> bool:
        return model == MOOD.name

    def predict(self, request: PredictRequest, done: Done) -> None:
        self.requests.append(request)
        done(self._outcome)

    def close(self) -> None:
        pass


def ask(models: Models, *ids: str) -> ModelOutputs | MienError:
    """Asks about one face for each of these frames."""
    outcomes: list[ModelOutputs | MienError] = []
    crops = np.zeros((len(ids), 48, 48), np.uint8)
    metadata = [("x-request-id", name) for name in ids]
    request = PredictRequest(MOOD, crops, metadata=metadata)
    ObservedBackend(models).predict(request, outcomes.append)
    return outcomes[0]


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_call_is_measured_with_its_faces() -> None:
    names = (
        "mien_model_calls_total",
        "mien_model_latency_seconds_count",
        "mien_model_batch_faces_count",
        "mien_model_batch_faces_sum",
    )
    before = [value(name, model="mood") for name in names]

    outcome = ask(Models(), "a/1", "b/2", "c/3")

    after = [value(name, model="mood") for name in names]
    assert [a - b for a, b in zip(after, before, strict=True)] == [1, 1, 1, 3]
    assert outcome is OUTPUTS


@pytest.mark.parametrize("kind", ["unavailable", "bad_answer"])
def test_a_call_that_fails_is_counted_once_by_its_kind(kind: str) -> None:
    calls, errors = "mien_model_calls_total", "mien_model_errors_total"
    before = value(calls, model="mood"), value(errors, model="mood", kind=kind)

    ask(Models(CallFailed("No.", kind)), "a/1", "b/2")

    after = value(calls, model="mood"), value(errors, model="mood", kind=kind)
    assert after == (before[0] + 1, before[1] + 1)


def test_a_call_for_one_request_carries_its_metadata() -> None:
    models = Models()

    ask(models, "a/1")

    assert list(models.requests[0].metadata) == [("x-request-id", "a/1")]


def test_a_call_for_several_requests_names_the_first_and_how_many_more() -> None:
    models = Models()

    ask(models, "a/1", "b/2", "c/3")

    assert list(models.requests[0].metadata) == [("x-request-id", "a/1+2")]


def test_the_availability_is_the_backend_s() -> None:
    observed = ObservedBackend(Models())

    assert [observed.is_available(model) for model in ("mood", "age")] == [True, False]


JOINT = """
import sys
import numpy as np
from face_utils.backend import ModelOutputs, PredictRequest
from telemetry.tracing import configure_tracing, inject, trace, tracer
from tests.support.model_specs import classification
from web.observability.model_calls import ObservedBackend

class Models:
    is_available = close = None

    def predict(self, request, done):
        print(dict(request.metadata)["traceparent"], file=sys.stdout)
        done(ModelOutputs(1, {}))

configure_tracing("console", "mien-app")
metadata = []
for name in ("a/1", "b/2"):
    span = tracer.start_span("predict mood", attributes={"name": name})
    metadata += [("x-request-id", name), *inject(trace.set_span_in_context(span))]
request = PredictRequest(classification(), np.zeros((2, 48, 48), np.uint8), metadata=metadata)
ObservedBackend(Models()).predict(request, lambda outcome: None)
"""


def test_a_call_for_several_requests_has_a_trace_of_its_own() -> None:
    result = subprocess.run(
        [sys.executable, "-c", JOINT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    parent, _, spans = (result.stdout + result.stderr).partition("\n")

    span = json.loads(spans)
    _, trace_id, span_id, _ = parent.split("-")
    assert span["name"] == "joint predict mood"
    assert span["context"] == span["context"] | {
        "trace_id": f"0x{trace_id}",
        "span_id": f"0x{span_id}",
    }
    assert span["attributes"] == {"mien.model": "mood", "mien.faces": 2}
    assert len({link["context"]["trace_id"] for link in span["links"]} - {f"0x{trace_id}"}) == 2
