"""Selection rules on measurements that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.tuning.selection_rules import (
    confidence_for_accuracy,
    effective_sample_size,
    find_bound,
    halfway_from_chance,
    intraclass_correlation,
    shortest_sufficient,
    skill_score,
)


def test_the_shortest_smoothing_that_gains_nine_tenths_is_chosen():
    assert shortest_sufficient({0.0: 110.0, 0.2: 40.0, 0.4: 20.0, 0.8: 12.0, 1.6: 10.0}) == 0.4


def test_where_only_the_longest_smoothing_gains_enough_it_is_chosen():
    assert shortest_sufficient({0.0: 10.0, 1.0: 9.0, 2.0: 5.0}) == 2.0


@pytest.mark.parametrize(("classes", "accuracy"), [(2, 0.75), (8, 0.5625)])
def test_half_way_from_chance_depends_on_the_number_of_classes(classes, accuracy):
    assert halfway_from_chance(classes) == accuracy


def test_the_threshold_of_true_confidences_is_the_wanted_accuracy():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.3, 1, 200_000)
    right = rng.random(len(confidence)) < confidence

    assert confidence_for_accuracy(confidence, right, wanted=0.6) == pytest.approx(0.6, abs=0.02)


def test_overconfident_predictions_get_a_higher_threshold():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.3, 1, 200_000)
    right = rng.random(len(confidence)) < confidence - 0.1

    assert confidence_for_accuracy(confidence, right, wanted=0.6) == pytest.approx(0.7, abs=0.02)


def test_predictions_that_are_always_right_need_no_threshold():
    assert confidence_for_accuracy(np.array([0.3, 0.9]), np.array([True, True]), wanted=0.5) == 0


def test_predictions_that_are_never_right_are_all_hidden():
    assert confidence_for_accuracy(np.array([0.3, 0.9]), np.array([False, False]), wanted=0.5) > 0.9


def coin_predictions(faces, predictions, same):
    """Mean log probabilities of predictions that are right, and sure, in seven of ten cases."""
    rng = np.random.default_rng(0)
    says_right = rng.random((faces, 1 if same else predictions)) < 0.7
    means = np.where(says_right, np.log(0.7), np.log(0.3)).mean(axis=1)
    others = np.where(says_right, np.log(0.3), np.log(0.7)).mean(axis=1)
    return np.stack([means, others], axis=1), np.zeros(faces, dtype=np.int64)


def test_predictions_that_are_all_the_same_count_once():
    assert effective_sample_size(*coin_predictions(50_000, 4, same=True)) == pytest.approx(
        1, abs=0.1
    )


def test_independent_predictions_all_count():
    assert effective_sample_size(*coin_predictions(50_000, 4, same=False)) == pytest.approx(
        4, abs=0.2
    )


@pytest.mark.parametrize(("effective", "correlation"), [(1, 1), (10, 0), (10 / 5.5, 0.5)])
def test_the_effective_number_gives_the_correlation(effective, correlation):
    assert intraclass_correlation(10, effective) == pytest.approx(correlation)


def test_skill_is_nothing_for_a_guess_and_one_for_the_truth():
    assert skill_score(np.array([1.0, 0.0]), guess=0.5) == 0
    assert skill_score(np.zeros(2), guess=0.5) == 1


def test_a_bound_lies_between_the_last_good_value_and_the_next():
    assert find_bound([64, 32, 16, 8], [1.0, 1.0, 0.8, 0.2], least=0.9) == 24


def test_a_dip_that_recovers_is_no_bound():
    assert find_bound([1, 2, 3, 4], [1.0, 0.8, 1.0, 0.8], least=0.9) == 3.5


def test_what_never_falls_has_no_bound():
    assert find_bound([1, 2], [1.0, 0.95], least=0.9) is None


def test_what_is_bad_from_the_start_is_bound_there():
    assert find_bound([1, 2], [0.5, 0.4], least=0.9) == 1
