from __future__ import annotations

import json

import numpy as np
import pytest

from face_utils.class_activation import evidence_grid, predicted_class
from tests.support.model_specs import classification, regression

MOOD = classification(labels=("calm", "angry", "sad"), unsure_below=0.9)
AGE = regression()


def maps(*places):
    """Class activation maps of a crop with one row, from the evidence at each place."""
    return np.array([places], np.float32)


def test_evidence_is_what_a_class_has_over_the_mean_of_all():
    assert evidence_grid(maps([3, 1, 2], [4, 4, 4], [0, 0, 6]), index=0) == [[0.5, 0.0, -1.0]]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_largest_magnitude_is_one_however_sure_the_model_is(scale):
    grid = evidence_grid(scale * maps([1, -1], [0, 0.5]), index=0)

    assert grid == [[1.0, -0.25]]


def test_evidence_for_every_class_does_not_count():
    places = maps([3, 1, 2], [0, 5, 1])

    assert evidence_grid(places + np.float32([[[7], [-2]]]), 1) == evidence_grid(places, 1)


def test_equal_maps_of_all_classes_give_zeros():
    assert evidence_grid(maps([2, 2], [5, 5]), index=1) == [[0.0, 0.0]]


def test_the_grid_has_the_rows_and_columns_of_the_maps_and_two_decimals():
    grid = evidence_grid(np.random.default_rng(0).normal(size=(8, 6, 3)).astype(np.float32), 2)

    assert np.shape(grid) == (8, 6)
    assert grid == np.round(grid, 2).tolist()


def test_zero_has_no_sign():
    assert json.dumps(evidence_grid(maps([2000, 0], [0, 2]), index=0)) == "[[1.0, 0.0]]"


def test_the_best_class_of_a_classification_is_explained_even_if_it_is_unsure():
    outputs = {"probabilities": np.float32([0.3, 0.2, 0.5])}

    assert predicted_class(MOOD, outputs, classes=3) == 2


@pytest.mark.parametrize(("years", "index"), [(30.6, 31), (0.2, 0), (-3.0, 0), (200.0, 116)])
def test_the_class_nearest_to_the_value_of_a_regression_is_explained(years, index):
    assert predicted_class(AGE, {"years": np.float32(years)}, classes=117) == index
