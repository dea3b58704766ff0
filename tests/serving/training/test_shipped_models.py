"""What lies in serving/models is what docs/models and the contract say it is."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from serving.contract import CONTRACT, MODELS
from serving.training.evaluate import REPORTS

LARGEST = 5_000_000
BARS = {
    "emotion": [("ferplus_accuracy", 0.80, 1)],
    "age": [("utkface_mean_error", 0, 6.5), ("utkface_coverage", 0.77, 0.83)],
    "gender": [("utkface_accuracy", 0.90, 1)],
}
ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.parametrize("model", sorted(BARS))


def quality(model):
    return tomllib.loads(CONTRACT.read_text())[model]["quality"]


def test_it_is_small(model):
    assert sum(f.stat().st_size for f in (MODELS / model).rglob("*") if f.is_file()) < LARGEST


def test_the_contract_repeats_the_measured_figures(model):
    assert quality(model) == json.loads((ROOT / REPORTS / f"{model}.json").read_text())["quality"]


def test_it_reaches_its_bar(model):
    for name, least, most in BARS[model]:
        assert least <= quality(model)[name] <= most, name
