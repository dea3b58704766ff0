"""Labels, changes and delays of made-up tracks."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.tuning.prediction_tracks import (
    TrackSet,
    changes_per_minute,
    label_delay,
    label_share,
    labels,
    mean_shift,
    smoothed,
)
from benchmarks.tuning.smoothing_emotion import steps_between
from face_utils.model_spec import ModelSpec, Smoothing

SPEC = ModelSpec(
    name="mood",
    title="",
    size=48,
    margin=0.05,
    kind="classification",
    labels=("calm", "glad", "angry"),
    unit="",
    interval_ms=100,
    smoothing=Smoothing("half_life", 0.4),
    unsure_below=0.5,
)
CALM, GLAD, ANGRY = (
    {"probabilities": np.array(p, "f4")}
    for p in ([0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8])
)
TORN = {"probabilities": np.array([0.4, 0.3, 0.3], "f4")}


def test_each_prediction_shows_its_label_or_unsure():
    assert labels(SPEC, 0, [CALM, TORN, ANGRY]) == ["calm", "unsure", "angry"]


def test_changes_are_counted_over_the_time_between_predictions():
    shown = [["a", "b", "b", "a", "a"], ["a", "a", "a", "a", "a"]]

    assert changes_per_minute(shown, interval=0.5) == 2 / 4 * 60


def test_going_from_one_track_to_the_next_is_no_change():
    assert changes_per_minute([["a", "a"], ["b", "b"]], interval=0.1) == 0


def test_a_track_of_one_prediction_has_no_change():
    assert changes_per_minute([["a"]], interval=0.1) == 0


def test_the_share_of_a_label_counts_every_prediction_of_every_track():
    assert label_share("a", [["a", "b"], ["b", "b"]]) == 0.25


@pytest.mark.parametrize(
    ("shown", "delay"),
    [("aab", 0.0), ("aaaab", 0.4), ("aaaaa", float("inf")), ("baab", 0.2)],
    ids=["at once", "later", "never", "not the one before the step"],
)
def test_the_delay_runs_from_the_step_to_the_label(shown, delay):
    assert label_delay("b", shown, start=2, interval=0.2) == pytest.approx(delay)


def test_no_smoothing_leaves_a_track_as_it_is():
    track = [CALM, ANGRY]

    assert smoothed(SPEC, 0, track) is track


def test_smoothing_calms_a_label_that_flickers():
    track = [CALM, CALM, *[ANGRY, CALM, CALM] * 10]
    before, after = (changes_per_minute([labels(SPEC, s, track)], 0.1) for s in (0, 0.4))

    assert before > 0
    assert after == 0


def test_smoothing_delays_a_step_by_about_its_half_life():
    shown = labels(SPEC, 0.4, [*[CALM] * 30, *[ANGRY] * 30])

    # Half of it is angry after 0.4 s, and 0.5 or more is shown one prediction later.
    assert 0.3 <= label_delay("angry", shown, start=30, interval=0.1) <= 0.5


def test_movement_is_the_probability_that_changes_its_label():
    assert mean_shift([[CALM, CALM, ANGRY]]) == pytest.approx((0 + 0.7) / 2)


def test_a_step_leads_from_one_known_face_to_another_emotion():
    tracks = [[CALM] * 4, [ANGRY] * 4, [GLAD] * 4]
    taken_for_angry = 2
    still = TrackSet(SPEC, tracks, np.array([0, 2, taken_for_angry]))

    steps = steps_between(still, np.random.default_rng(0))

    assert sorted(labels(SPEC, 0, track) for _, track in steps) == [
        ["angry", "angry", "calm", "calm"],
        ["calm", "calm", "angry", "angry"],
    ]
    assert all(labels(SPEC, 0, track)[-1] == new for new, track in steps)
