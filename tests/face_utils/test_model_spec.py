from __future__ import annotations

import doctest
from dataclasses import replace

import pytest

from face_utils import model_spec
from tests.support.model_specs import classification, regression

SPEC = classification()


def test_a_classification_is_read_from_its_probabilities():
    assert SPEC.outputs == ("probabilities",)


def test_a_regression_is_read_from_its_value_and_its_range():
    assert regression(unit="years").outputs == ("years", "low", "high")


def test_a_model_can_key_a_mapping():
    assert {SPEC: 1}[replace(SPEC)] == 1


def test_a_model_does_not_change():
    with pytest.raises(AttributeError):
        SPEC.size = 64


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(model_spec).failed == 0
