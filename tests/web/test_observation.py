"""What is counted of a frame and of a model call, and that its ids go with it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from threading import Thread
from typing import Any

import numpy as np
import pytest

from face_utils.model_spec import ModelSpec
from face_utils.results import Wire
from face_utils.session import Answer, Done
from serving.client import CallFailed
from telemetry.logs import build_formatter
from telemetry.spans import Traces
from tests.support.model_specs import classification
from web.instrumentation import ObservedBackend, answer_frame, call_headers, observe_predictions
from web.metrics import REGISTRY

MOOD = classification()
CROPS = np.zeros((3, 48, 48), np.uint8)
ANSWER = Answer(1, {})


class Backend:
    """Answers in a thread of its own, when the frame is long done."""

    def __init__(self, answer: object) -> None:
        self._answer = answer
        self.asked: list[Callable[[], object]] = []

    def is_available(self, model: str) -> bool:
        return model == "mood"

    def predict(
        self, model: ModelSpec, crops: object, done: Done, *, activation: bool = False
    ) -> None:
        self.asked.append(lambda: done(self._answer))  # type: ignore[arg-type]

    def answer(self) -> None:
        thread = Thread(target=self.asked.pop())
        thread.start()
        thread.join()


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def ask(backend: Backend, done: Callable[[Any], None] = lambda answer: None) -> Wire:
    """Analyses a frame that asks the backend once."""
    observed = ObservedBackend(backend, Traces())

    def work() -> Wire:
        observed.predict(MOOD, CROPS, done)
        timings = {"decode_ms": 1.0, "detect_ms": 2.0, "total_ms": 4.0}
        return {"seq": 5, "status": "analysed", "faces": [{}, {}], "timings": timings}

    return answer_frame(Traces(), "s1", 5, work)


def test_an_answer_is_measured_with_its_faces() -> None:
    backend = Backend(ANSWER)
    names = ("mien_model_latency_seconds_count", "mien_model_batch_faces_sum")
    before = [value(name, model="mood") for name in names]

    ask(backend)
    backend.answer()

    assert [value(name, model="mood") for name in names] == [before[0] + 1, before[1] + 3]


@pytest.mark.parametrize("kind", ["unavailable", "bad_answer"])
def test_a_call_that_fails_is_counted_by_its_kind(kind: str) -> None:
    backend = Backend(CallFailed("No.", kind))
    calls, errors = "mien_model_calls_total", "mien_model_errors_total"
    before = value(calls, model="mood"), value(errors, model="mood", kind=kind)

    ask(backend)
    backend.answer()

    after = value(calls, model="mood"), value(errors, model="mood", kind=kind)
    assert after == (before[0] + 1, before[1] + 1)


def test_stages_are_measured_in_seconds() -> None:
    before = value("mien_frame_stage_seconds_sum", stage="detect")

    ask(Backend(ANSWER))

    assert value("mien_frame_stage_seconds_sum", stage="detect") == pytest.approx(before + 0.002)


def test_a_dropped_frame_counts_as_dropped_and_is_not_measured() -> None:
    frames, stages = ("mien_frames_total", "mien_frame_stage_seconds_count")
    before = value(frames, fate="dropped", code=""), value(stages, stage="total")

    answer_frame(Traces(), "s1", 5, lambda: {"seq": 5, "status": "dropped"})

    after = value(frames, fate="dropped", code=""), value(stages, stage="total")
    assert after == (before[0] + 1, before[1])


def test_a_late_answer_is_still_about_its_frame() -> None:
    backend = Backend(ANSWER)
    lines = []

    def done(_: object) -> None:
        record = logging.LogRecord("web", logging.INFO, "", 0, "answered", (), None)
        lines.append(json.loads(build_formatter("json").format(record)))

    ask(backend, done)
    backend.answer()

    assert (lines[0]["session_id"], lines[0]["seq"]) == ("s1", 5)


def test_a_prediction_s_age_counts_from_its_frame_s_arrival() -> None:
    backend = Backend(ANSWER)
    send = observe_predictions(lambda sid, event, payload: None)
    before = value("mien_prediction_age_seconds_count", model="mood")

    ask(backend, lambda _: send("s1", "prediction", {"model": "mood"}))
    send("s1", "model_status", {"model": "mood"})
    backend.answer()

    assert value("mien_prediction_age_seconds_count", model="mood") == before + 1


def test_a_call_tells_the_model_server_which_frame_it_is_for() -> None:
    headers = []

    def work() -> Wire:
        headers.append(call_headers(Traces()))
        return {"seq": 5, "status": "dropped"}

    answer_frame(Traces(), "s1", 5, work)

    assert headers == [(("x-request-id", "s1/5"),)]
    assert call_headers(Traces()) == ()
