"""The load generator with the real app: every frame gets an ack and its emotion."""

from __future__ import annotations

import os

from benchmarks.end_to_end import measure, on_cores
from benchmarks.load import Load
from benchmarks.messages import MESSAGES
from tests.support.app_process import running_app

CLIENTS, SECONDS, RATE = 2, 2.0, 5.0


def test_each_frame_of_each_client_is_analysed_and_measured():
    with running_app() as app:
        for event in ("frame", "faces"):
            load = Load([MESSAGES[event](10)], CLIENTS, SECONDS, RATE, event)
            metrics = measure(app, load)

            assert metrics.errors == 0
            assert metrics.analysed >= 0.8 * CLIENTS * SECONDS * RATE
            assert metrics.faces == 1.0
            assert metrics.predicted > 0
            assert 0 < metrics.ack_ms[0] <= metrics.emotion_ms[1]
            assert 0 < metrics.loop_ms < metrics.app_cpu_ms
            assert 0 < metrics.generator_cpu < 0.5


def test_a_lost_connection_is_an_error_and_does_not_end_the_load():
    with running_app(MIEN_SESSION_MAX_SECONDS="1") as app:
        metrics = measure(app, Load([MESSAGES["frame"](10)], CLIENTS, SECONDS, RATE))

    assert metrics.errors > 0
    assert metrics.analysed > 0


def test_cores_are_limited_only_while_children_start():
    before = os.sched_getaffinity(0)
    with on_cores([min(before)]):
        assert os.sched_getaffinity(0) == {min(before)}
    assert os.sched_getaffinity(0) == before
    with on_cores([]):
        assert os.sched_getaffinity(0) == before
