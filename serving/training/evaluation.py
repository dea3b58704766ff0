"""Evaluation: the metrics of a model's predictions on one data set, per kind of model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from serving.training import metrics
from serving.training.faces import UNKNOWN, Faces
from serving.training.groups import band_of, per_group, worst_group
from serving.training.metrics import Ints
from serving.training.prediction import Floats, Outputs
from serving.training.targets import targets_of

Metrics = dict[str, Any]
Measure = Callable[[NDArray[np.bool_]], dict[str, float]]
"""Metrics of some rows, by mask."""

LOWER_IS_BETTER = {"mean_error", "calibration_error"}


def evaluate_predictions(spec: ModelSpec, faces: Faces, outputs: Outputs) -> Metrics:
    """Computes every metric of one model on one data set. The first metric is the primary one."""
    if spec.kind == "classification":
        return _classification(spec, faces, outputs)
    exact = faces.ages[:, 0] == faces.ages[:, 1]
    return _ages(faces, outputs) if exact.all() else _age_groups(faces, outputs)


def primary_metric(metrics: Metrics) -> str:
    """Name of the most important metric."""
    return next(name for name in metrics if name != "faces")


def _classification(spec: ModelSpec, faces: Faces, outputs: Outputs) -> Metrics:
    truth = targets_of(spec, faces).truth
    known = truth != UNKNOWN
    faces, truth, probabilities = faces.take(known), truth[known], outputs["probabilities"][known]
    counts = metrics.confusion(probabilities.argmax(axis=1), truth, len(spec.labels))
    recalls = metrics.recalls(counts).astype(float).round(4).tolist()
    return _with_groups(
        faces,
        lambda rows: _class_metrics(probabilities[rows], truth[rows]),
        {
            "recall": dict(zip(spec.labels, recalls, strict=True)),
            "confusion": counts.tolist(),
            "reliability": metrics.reliability(probabilities, truth).round(4).tolist(),
        },
    )


def _class_metrics(probabilities: Floats, truth: Ints) -> dict[str, float]:
    counts = metrics.confusion(probabilities.argmax(axis=1), truth, probabilities.shape[1])
    # If all faces have one class, there are no false positives, and F1 would look too good.
    several = len(np.unique(truth)) > 1
    return {
        "accuracy": metrics.accuracy(counts),
        **({"macro_f1": metrics.macro_f1(counts)} if several else {}),
        "calibration_error": metrics.calibration_error(probabilities, truth),
    }


def _ages(faces: Faces, outputs: Outputs) -> Metrics:
    truth, years = faces.ages[:, 0].astype(np.int64), outputs["years"]
    low, high = outputs["low"], outputs["high"]

    def measure(rows: NDArray[np.bool_]) -> dict[str, float]:
        return {
            "mean_error": metrics.mean_error(years[rows], truth[rows]),
            "coverage": metrics.coverage(low[rows], high[rows], truth[rows]),
            "bias": float(np.mean(years[rows] - truth[rows])),
            "range_width": float(np.mean(high[rows] - low[rows])),
        }

    return _with_groups(faces, measure, {})


def _age_groups(faces: Faces, outputs: Outputs) -> Metrics:
    apart = np.abs(band_of(outputs["years"]) - band_of(faces.ages[:, 0].astype(np.int64)))

    def measure(rows: NDArray[np.bool_]) -> dict[str, float]:
        return {
            "accuracy": float(np.mean(apart[rows] == 0)),
            "within_one": float(np.mean(apart[rows] <= 1)),
        }

    return _with_groups(faces, measure, {})


def _with_groups(faces: Faces, measure: Measure, details: Metrics) -> Metrics:
    """Metrics of all faces, the details, and the metrics of each group and of the worst one."""
    overall = measure(np.ones(len(faces), dtype=bool))
    groups = per_group(faces, measure)
    primary = primary_metric(overall)
    worst = worst_group(groups, primary, higher_is_better=primary not in LOWER_IS_BETTER)
    named: Metrics = {"worst": worst, "worst_group": groups[worst][primary]} if worst else {}
    return {"faces": len(faces)} | overall | named | details | {"groups": groups}
