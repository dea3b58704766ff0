from __future__ import annotations

from dataclasses import replace

import pytest

from face_utils.model_spec import ModelSpec, Smoothing

SPEC = ModelSpec(
    "mood", "Mood", 48, 0.05, "classification", ("good", "bad"), "", 100, Smoothing("average", 1)
)


def test_a_classification_is_read_from_its_probabilities():
    assert SPEC.outputs == ("probabilities",)


def test_a_measure_is_read_from_its_value_and_its_range():
    assert replace(SPEC, kind="measure", unit="years").outputs == ("years", "low", "high")


def test_a_model_can_key_a_mapping():
    assert {SPEC: 1}[replace(SPEC)] == 1


def test_a_model_does_not_change():
    with pytest.raises(AttributeError):
        SPEC.size = 64
