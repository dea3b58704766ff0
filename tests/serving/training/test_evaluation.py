from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from serving.contract import load_contract
from serving.training import metrics
from serving.training.batches import detected_crops
from serving.training.calibration import RANGE_SHARE, fit_calibration
from serving.training.evaluation import evaluate_predictions
from serving.training.groups import band_of, per_group, worst_group
from serving.training.prediction import quantile, softmax
from serving.training.report_values import headline_metrics, write_quality, write_readme_table
from serving.training.robustness_curves import CURVES, degraded_crops

TRUTH = np.array([0, 0, 0, 1])
PREDICTED = np.array([0, 0, 1, 1])


def test_confusion_accuracy_recall_and_macro_f1_by_hand():
    counts = metrics.confusion(PREDICTED, TRUTH, 2)
    assert counts.tolist() == [[2, 1], [0, 1]]
    assert metrics.accuracy(counts) == 0.75
    assert metrics.recalls(counts).tolist() == pytest.approx([2 / 3, 1])
    assert metrics.macro_f1(counts) == pytest.approx((0.8 + 2 / 3) / 2)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    probabilities = np.tile(np.float32([0.9, 0.1]), (10, 1))
    truth = np.array([0] * 6 + [1] * 4)
    assert metrics.calibration_error(probabilities, truth) == pytest.approx(0.3, abs=1e-6)


def test_quantiles_of_an_even_distribution_are_its_shares():
    even = np.full((1, 100), 0.01, dtype=np.float32)
    assert quantile(even, 0.5)[0] == pytest.approx(49.5, abs=1e-3)
    assert quantile(even, 0.1)[0] == pytest.approx(9.5, abs=1e-3)


def test_temperature_undoes_overconfidence():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 4)).astype(np.float32)
    truth = np.array([rng.choice(4, p=p / p.sum()) for p in softmax(logits).astype(float)])
    assert fit_calibration(3 * logits, truth, fit_range=False).temperature == pytest.approx(
        3, rel=0.1
    )


def test_the_range_of_a_regression_covers_its_share_of_the_true_values():
    rng = np.random.default_rng(0)
    truth = rng.integers(20, 80, 1000)
    centre = truth + rng.normal(0, 6, 1000)
    logits = (-0.5 * ((np.arange(117) - centre[:, None]) / 3) ** 2).astype(np.float32)
    found = fit_calibration(logits, truth, fit_range=True)
    probabilities = softmax(logits, found.temperature)
    low, high = quantile(probabilities, found.tail), quantile(probabilities, 1 - found.tail)
    assert metrics.coverage(low, high, truth) == pytest.approx(RANGE_SHARE, abs=0.03)


def test_ages_fall_into_the_nine_groups():
    assert band_of(np.array([0, 2.4, 2.6, 9, 10, 69.4, 69.6, 116])).tolist() == [
        *(0, 0, 1, 1, 2, 7, 8, 8)
    ]


def test_every_group_is_measured_with_its_size(faces):
    sizes = per_group(faces, lambda rows: {"share": float(rows.mean())})
    assert sizes["gender female"] == {"faces": 24, "share": 0.5}
    assert {"ethnicity Black", "ethnicity White", "age 20-29"} < set(sizes)


def test_the_worst_group_is_named_unless_it_is_babies_or_too_small():
    groups = {
        "age 0-2": {"faces": 90, "accuracy": 0.1},
        "age 3-9": {"faces": 5, "accuracy": 0.2},
        "gender male": {"faces": 40, "accuracy": 0.7},
        "gender female": {"faces": 40, "accuracy": 0.8},
    }
    assert worst_group(groups, "accuracy", higher_is_better=True) == "gender male"
    assert worst_group(groups, "accuracy", higher_is_better=False) == "gender female"
    assert worst_group({}, "accuracy", higher_is_better=True) == ""


def test_a_group_of_a_single_class_has_no_macro_f1(faces):
    answers = {"probabilities": np.tile(np.float32([0.6, 0.4]), (len(faces), 1))}
    groups = evaluate_predictions(load_contract()["gender"], faces, answers)["groups"]
    assert "macro_f1" not in groups["gender female"]
    assert "macro_f1" in groups["ethnicity White"]


def test_reliability_is_the_accuracy_by_confidence():
    probabilities = np.float32([[0.9, 0.1]] * 4 + [[0.6, 0.4]] * 2)
    bins = metrics.reliability(probabilities, np.array([0, 0, 0, 1, 1, 1]))
    filled = bins[bins[:, 0] > 0]
    np.testing.assert_allclose(filled, [[2, 0.6, 0], [4, 0.9, 0.75]], rtol=1e-6)


@pytest.mark.parametrize("name", sorted(CURVES))
def test_a_property_at_its_normal_level_leaves_the_crop_unchanged(name, faces):
    normal = {"brightness": 1, "blur": 0, "rotation": 0, "size": 32, "jpeg": 100}[name]
    spec = replace(load_contract()["gender"], size=32)
    plain = detected_crops(faces, spec).astype(int)
    crops = degraded_crops(CURVES[name], normal, faces, spec)
    assert np.abs(crops - plain).mean() < 2
    assert np.abs(degraded_crops(CURVES[name], 5, faces, spec) - plain).mean() > 5


def test_the_results_are_written_between_the_marks_of_a_page(tmp_path):
    report = {"data": {"ferplus": {"detected": {"accuracy": 0.841, "macro_f1": 0.7}}}}
    (tmp_path / "emotion.json").write_text(json.dumps(report))
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n")
    write_readme_table(page, tmp_path)
    assert "| emotion | ferplus | accuracy 84.1 %; macro F1 0.70 |" in page.read_text()
    assert "old" not in page.read_text()
    assert page.read_text().endswith("after\n")


def test_the_contract_gets_its_quality_and_stays_readable(contract_copy):
    report = {"utkface": {"detected": {"mean_error": 5.12348, "faces": 9}, "whole": {}}}
    quality = headline_metrics(report)
    assert quality == {"utkface_mean_error": 5.1235}
    write_quality(contract_copy, "age", quality)
    assert "quality = { utkface_mean_error = 5.1235 }" in contract_copy.read_text()
    assert load_contract(contract_copy) == load_contract()
    with pytest.raises(ValueError, match="smile"):
        write_quality(contract_copy, "smile", quality)


@pytest.mark.parametrize("line", ["", "quality={}  # later\n", "quality = { accuracy = 0.1 }\n"])
def test_a_table_gets_its_quality_with_or_without_a_line_for_it(tmp_path, line):
    contract = tmp_path / "models.toml"
    before = f'[smile] # mine\ntitle = "Smile"\n{line}\n[frown]\nquality = {{}}\n'
    contract.write_text(before)
    write_quality(contract, "smile", {"smile_accuracy": 0.9})
    tables = tomllib.loads(contract.read_text())
    assert tables == {
        "smile": {"title": "Smile", "quality": {"smile_accuracy": 0.9}},
        "frown": {"quality": {}},
    }
