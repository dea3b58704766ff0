from __future__ import annotations

import numpy as np
import pytest

from face_utils.model_schedule import ModelSchedule


def asked(schedule, times, interval, track=1, model="age"):
    """The times at which a track that is always in view is looked at."""
    result = []
    for now in times:
        if schedule.due(model, [track], now):
            schedule.asked(model, [track], now, interval)
            result.append(now)
    return result


def test_a_new_track_is_due_at_once_for_every_model():
    schedule = ModelSchedule()

    assert schedule.due("age", [1, 2], 5.0) == [1, 2]
    assert schedule.due("gender", [1], 5.0) == [1]


def test_a_track_is_due_again_after_its_interval_and_not_before():
    schedule = ModelSchedule()
    schedule.asked("age", [1], 0.0, 4.0)

    assert schedule.due("age", [1], 2.9) == []
    assert schedule.due("age", [1], 4.0) == [1]


def test_a_frame_that_comes_a_quarter_of_the_interval_early_will_do():
    schedule = ModelSchedule()
    schedule.asked("age", [1], 0.0, 4.0)

    assert schedule.due("age", [1], 3.0) == [1]


def test_one_model_and_one_track_do_not_wait_for_another():
    schedule = ModelSchedule()
    schedule.asked("age", [1], 0.0, 4.0)

    assert schedule.due("age", [1, 2], 0.1) == [2]
    assert schedule.due("emotion", [1], 0.1) == [1]


@pytest.mark.parametrize("seed", range(20))
def test_frames_that_jitter_around_the_beat_are_all_analyzed(seed):
    jitter = np.random.default_rng(seed).uniform(-0.02, 0.02, 300)
    jitter[0] = 0.02  # The worst start: all others come early against it.
    frames = np.arange(300) * 0.1 + jitter

    assert len(asked(ModelSchedule(), frames, 0.1)) >= 299


def test_early_frames_do_not_make_the_rate_creep_up():
    frames = np.arange(0, 60, 1 / 30)

    assert len(asked(ModelSchedule(), frames, 0.5)) == pytest.approx(60 / 0.5, abs=2)


@pytest.mark.parametrize("rate", [5, 7, 10, 13, 24, 30, 60])
@pytest.mark.parametrize("interval", [0.1, 0.25, 1.0, 3.0])
def test_the_interval_is_kept_in_the_mean_at_any_frame_rate(rate, interval):
    frames = np.arange(0, 60, 1 / rate)

    count = len(asked(ModelSchedule(), frames, interval))

    assert count <= 60 / interval + 2
    assert count >= min(60 / interval, 60 * rate) * 0.7


def test_predictions_missed_in_a_gap_are_not_made_up():
    schedule = ModelSchedule()
    asked(schedule, [0.0], 1.0)

    assert len(asked(schedule, np.arange(30, 40, 0.1), 1.0)) <= 11


def test_an_interval_of_zero_is_due_for_every_frame():
    assert asked(ModelSchedule(), [0.0, 0.01, 0.02], 0.0) == [0.0, 0.01, 0.02]


def test_a_model_that_gave_no_response_is_due_for_every_track_again():
    schedule = ModelSchedule()
    schedule.asked("age", [1, 2], 0.0, 4.0)
    schedule.asked("gender", [1], 0.0, 4.0)

    schedule.retry("age")

    assert schedule.due("age", [1, 2], 0.1) == [1, 2]
    assert schedule.due("gender", [1], 0.1) == []


def test_a_track_that_is_gone_is_forgotten():
    schedule = ModelSchedule()
    schedule.asked("age", [1, 2], 0.0, 4.0)

    schedule.keep({2})

    assert schedule.due("age", [1, 2], 0.1) == [1]
