from __future__ import annotations

import numpy as np
import pytest

from face_utils.model_spec import Smoothing
from face_utils.smoothing import Smoother
from tests.support.model_specs import classification, regression

HALF_LIFE, AVERAGE, EVIDENCE = (
    Smoothing("half_life", 0.4),
    Smoothing("average", 30.0),
    Smoothing("evidence", 30.0),
)
CALM, ANGRY = np.array([0.9, 0.1], "f4"), np.array([0.2, 0.8], "f4")


def model(smoothing, name="mood"):
    build = regression if smoothing is AVERAGE else classification
    return build(name, interval_ms=100, smoothing=smoothing)


def feed(smoother, spec, outputs, track=1):
    """Adds (time, probabilities) pairs and returns the last smoothed outputs."""
    for now, probabilities in outputs:
        believed = smoother.update(spec, track, {"probabilities": probabilities}, now)
    return believed["probabilities"]


def years(value, low=None, high=None):
    return {"years": value, "low": low or value - 5, "high": high or value + 5}


@pytest.mark.parametrize("smoothing", [HALF_LIFE, AVERAGE, EVIDENCE])
def test_the_first_prediction_is_taken_as_it_is(smoothing):
    believed = feed(Smoother(), model(smoothing), [(0, CALM)])

    np.testing.assert_allclose(believed, CALM, rtol=1e-5)
    assert believed.dtype == np.float32


@pytest.mark.parametrize("halves", [1, 2, 3])
def test_an_old_prediction_has_half_the_weight_after_each_half_life(halves):
    believed = feed(Smoother(), model(HALF_LIFE), [(0, CALM), (0.4 * halves, ANGRY)])

    np.testing.assert_allclose(believed, ANGRY + (CALM - ANGRY) * 0.5**halves, rtol=1e-5)


def test_a_change_shows_equally_fast_at_5_and_30_frames_per_second():
    def after_a_second(rate):
        outputs = [(0, CALM)] + [(frame / rate, ANGRY) for frame in range(1, rate + 1)]
        return feed(Smoother(), model(HALF_LIFE), outputs)

    np.testing.assert_allclose(after_a_second(5), after_a_second(30), rtol=1e-4)


@pytest.mark.parametrize("smoothing", [HALF_LIFE, AVERAGE, EVIDENCE])
def test_a_slow_drift_shows_equally_at_5_and_30_frames_per_second(smoothing):
    def after_forty_seconds(rate):
        shares = np.linspace(0, 1, 40 * rate)
        outputs = [(n / rate, CALM + (ANGRY - CALM) * s) for n, s in enumerate(shares)]
        return feed(Smoother(), model(smoothing), outputs)

    np.testing.assert_allclose(after_forty_seconds(5), after_forty_seconds(30), atol=0.03)


@pytest.mark.parametrize("smoothing", [HALF_LIFE, EVIDENCE])
def test_probabilities_stay_probabilities(smoothing):
    rng = np.random.default_rng(0)
    smoother, spec = Smoother(), model(smoothing)

    for frame in range(200):
        believed = feed(smoother, spec, [(frame / 10, rng.dirichlet([0.1] * 8).astype("f4"))])
        assert believed.sum() == pytest.approx(1, abs=1e-5)
        assert believed.min() >= 0


def test_an_average_is_the_plain_mean_at_first():
    smoother, spec = Smoother(), model(AVERAGE)

    for now, value in enumerate([20.0, 30.0, 40.0]):
        believed = smoother.update(spec, 1, years(value), now)

    assert {name: float(value) for name, value in believed.items()} == pytest.approx(
        {"years": 30, "low": 25, "high": 35}
    )


def test_one_outlier_hardly_moves_a_long_average():
    smoother, spec = Smoother(), model(AVERAGE)
    for now in range(0, 60, 3):
        smoother.update(spec, 1, years(30.0), now)

    assert float(smoother.update(spec, 1, years(80.0), 60)["years"]) < 36


def test_an_average_reaches_back_over_its_seconds_only():
    smoother, spec = Smoother(), model(AVERAGE)
    for now in range(100):
        smoother.update(spec, 1, years(20.0), now)
    for now in range(100, 130):
        believed = smoother.update(spec, 1, years(60.0), now)

    assert float(believed["years"]) == pytest.approx(60 - 40 * np.exp(-1), abs=1)


def test_evidence_grows_with_predictions_that_agree_and_then_saturates():
    spec, smoother = model(EVIDENCE), Smoother()
    weak = np.array([0.6, 0.4], "f4")

    certainty = [feed(smoother, spec, [(now, weak)])[0] for now in range(0, 300, 3)]

    assert certainty == sorted(certainty)
    odds = (0.6 / 0.4) ** np.array([1, 1 / 0.82])  # At most 1 / 0.82 independent ones.
    assert certainty[0] == pytest.approx(odds[0] / (1 + odds[0]))
    assert certainty[-1] == pytest.approx(odds[1] / (1 + odds[1]), abs=0.01)


def test_predictions_that_are_forgotten_add_no_certainty_to_the_next():
    many = [(n / 10, ANGRY) for n in range(20)]

    believed = feed(Smoother(), model(EVIDENCE), [*many, (60, CALM)])

    np.testing.assert_allclose(believed, CALM, rtol=1e-5)


def test_evidence_that_disagrees_stays_undecided():
    spec = model(EVIDENCE)
    outputs = [(now, p) for now, p in enumerate([[0.8, 0.2], [0.2, 0.8]] * 10)]

    assert feed(Smoother(), spec, outputs) == pytest.approx([0.5, 0.5], abs=0.02)


def test_a_certain_prediction_does_not_outweigh_all_later_ones():
    spec, smoother = model(EVIDENCE), Smoother()
    feed(smoother, spec, [(0, np.array([1, 0], "f4"))])

    believed = feed(smoother, spec, [(now, ANGRY) for now in range(1, 400)])

    assert believed.argmax() == 1


def test_tracks_and_models_do_not_touch_each_other():
    smoother, mood, other = Smoother(), model(HALF_LIFE), model(HALF_LIFE, name="other")
    feed(smoother, mood, [(0, CALM)], track=1)

    np.testing.assert_array_equal(feed(smoother, mood, [(0.1, ANGRY)], track=2), ANGRY)
    np.testing.assert_array_equal(feed(smoother, other, [(0.1, ANGRY)], track=1), ANGRY)


def test_only_the_lost_track_is_forgotten():
    smoother, spec = Smoother(), model(HALF_LIFE)
    feed(smoother, spec, [(0, CALM)], track=1)
    feed(smoother, spec, [(0, CALM)], track=2)

    smoother.keep({2})

    np.testing.assert_array_equal(feed(smoother, spec, [(0.4, ANGRY)], track=1), ANGRY)
    np.testing.assert_allclose(
        feed(smoother, spec, [(0.4, ANGRY)], track=2), (CALM + ANGRY) / 2, rtol=1e-6
    )


def test_two_predictions_about_the_same_moment_do_no_harm():
    believed = feed(Smoother(), model(AVERAGE), [(0, CALM), (0, ANGRY)])

    np.testing.assert_allclose(believed, (CALM + ANGRY) / 2, rtol=1e-6)


def test_it_can_be_used_by_several_threads(in_thread):
    smoother, spec = Smoother(), model(HALF_LIFE)

    def work(track):
        for frame in range(300):
            believed = feed(smoother, spec, [(frame / 10, CALM)], track)
            smoother.keep(set(range(8)))
        return believed

    for call in [in_thread(work, track) for track in range(8)]:
        np.testing.assert_allclose(call.result(), CALM, rtol=1e-5)
