"""What lies in serving/models is what docs/models and the contract say it is, and good enough."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from serving.contract import CONTRACT, MODELS, load_contract
from serving.training import export
from serving.training.batches import detected_crops
from serving.training.curves import CURVES, spoilt_crops
from serving.training.evaluate import README, REPORTS, VERSION, measure_pack
from serving.training.figures import table
from serving.training.judgement import judge, main_figure
from serving.training.pack import load_pack
from serving.training.prediction import softmax
from serving.training.runtimes import run_openvino
from serving.training.workspace import DATA

ROOT = Path(__file__).parents[3]
LARGEST = 5_000_000
MOST_WEIGHTS = 1_000_000
BARS = {
    "emotion": {
        "ferplus_accuracy": (0.84, 1),
        "ferplus_macro_f1": (0.70, 1),
        "ferplus_calibration_error": (0, 0.03),
    },
    "age": {
        "utkface_mean_error": (0, 5.15),
        "utkface_coverage": (0.77, 0.83),
        "fairface_accuracy": (0.50, 1),
        "fairface_within_one": (0.92, 1),
    },
    "gender": {
        "utkface_accuracy": (0.93, 1),
        "utkface_calibration_error": (0, 0.03),
        "fairface_accuracy": (0.89, 1),
        "fairface_worst_group": (0.74, 1),
        "fairface_calibration_error": (0, 0.03),
    },
}
TOLERANCE = 0.01
"""Share of the pack's faces that may be answered otherwise on another processor."""

pytestmark = pytest.mark.parametrize("model", sorted(BARS))


def quality(model):
    return tomllib.loads(CONTRACT.read_text())[model]["quality"]


def report(model):
    return json.loads((ROOT / REPORTS / f"{model}.json").read_text())


def pack_of(model):
    """The first data set of a model's pack, and what the model measured on it when it shipped."""
    source, recorded = next(iter(report(model)["pack"].items()))
    if not DATA.is_dir():
        pytest.skip("the data sets are not here")
    return load_pack(source), recorded


def answers_to(model, crops):
    return run_openvino(MODELS / model / VERSION, crops)


def test_it_is_small(model):
    assert sum(f.stat().st_size for f in (MODELS / model).rglob("*") if f.is_file()) < LARGEST
    assert report(model)["footprint"]["weights"] < MOST_WEIGHTS


def test_contract_and_readme_repeat_the_measured_figures(model):
    assert quality(model) == report(model)["quality"]
    assert table(ROOT / REPORTS) in (ROOT / README).read_text()


def test_it_reaches_its_bars(model):
    for name, (least, most) in BARS[model].items():
        assert least <= quality(model)[name] <= most, name


def test_it_answers_the_pack_as_it_did_when_it_was_measured(model):
    faces, recorded = pack_of(model)
    found = measure_pack(load_contract()[model], MODELS / model / VERSION, faces)
    figure = main_figure(recorded)
    assert found[figure] == pytest.approx(recorded[figure], abs=TOLERANCE * max(1, found[figure]))
    if "confusion" in recorded:
        moved = np.abs(np.subtract(found["confusion"], recorded["confusion"])).sum() / 2
        assert moved <= TOLERANCE * len(faces)


def test_a_worse_model_would_not_pass(model):
    faces, recorded = pack_of(model)
    spec = load_contract()[model]
    spoilt = judge(spec, faces, answers_to(model, spoilt_crops(CURVES["blur"], 3, faces, spec)))
    figure = main_figure(recorded)
    assert abs(spoilt[figure] - recorded[figure]) > TOLERANCE * max(1, recorded[figure])


def test_its_probabilities_are_the_softmax_of_its_evidence_over_the_temperature(model):
    faces, _ = pack_of(model)
    answers = answers_to(model, detected_crops(faces, load_contract()[model]))
    probabilities, temperature = (
        answers["probabilities"],
        report(model)["calibration"]["temperature"],
    )
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    logits = answers[export.ACTIVATION].mean(axis=(1, 2))
    np.testing.assert_allclose(probabilities, softmax(logits, temperature), atol=1e-4)
