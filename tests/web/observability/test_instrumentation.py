"""Metrics, log ids and spans of a frame and of a model call."""

from __future__ import annotations

import json
import logging

import pytest

from telemetry.logs import build_formatter
from web.observability.instrumentation import FrameObservation, PredictionObservation
from web.observability.metrics import REGISTRY

ANALYSED = {
    "seq": 5,
    "status": "analysed",
    "faces": [{}, {}],
    "timings": {"decode_ms": 1.0, "detect_ms": 2.0, "total_ms": 4.0},
}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def ask(faces: int = 3) -> PredictionObservation:
    return FrameObservation("s1", 5).asks("mood", faces)


def logged() -> dict[str, object]:
    """A line of the log, written now."""
    record = logging.LogRecord("web", logging.INFO, "", 0, "done", (), None)
    line: dict[str, object] = json.loads(build_formatter("json").format(record))
    return line


def test_stages_are_measured_in_seconds() -> None:
    before = value("mien_frame_stage_seconds_sum", stage="detect")

    FrameObservation("s1", 5).acknowledged(ANALYSED)

    assert value("mien_frame_stage_seconds_sum", stage="detect") == pytest.approx(before + 0.002)


def test_a_dropped_frame_counts_as_dropped_and_is_not_measured() -> None:
    frames, stages = ("mien_frames_total", "mien_frame_stage_seconds_count")
    before = value(frames, status="dropped", code=""), value(stages, stage="total")

    FrameObservation("s1", 5).acknowledged({"seq": 5, "status": "dropped"})

    after = value(frames, status="dropped", code=""), value(stages, stage="total")
    assert after == (before[0] + 1, before[1])


def test_lines_about_a_late_prediction_still_name_its_frame() -> None:
    call = ask()

    with call.logged():
        line = logged()

    assert (line["session_id"], line["seq"]) == ("s1", 5)
    assert "session_id" not in logged()


def test_a_prediction_s_age_counts_from_its_frame_s_arrival() -> None:
    before = value("mien_prediction_age_seconds_count", model="mood")

    ask().emitted()

    assert value("mien_prediction_age_seconds_count", model="mood") == before + 1


def test_a_call_tells_the_model_server_which_frame_it_is_for() -> None:
    assert ask().metadata == (("x-request-id", "s1/5"),)
