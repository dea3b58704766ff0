"""What is measured of each kind of answer, per data set."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from serving.training import metrics
from serving.training.faces import UNKNOWN, Faces
from serving.training.groups import band_of, per_group, worst_group
from serving.training.metrics import Ints
from serving.training.prediction import Floats
from serving.training.targets import targets_of

Answers = dict[str, NDArray[np.float32]]
Metrics = dict[str, Any]

LOWER_IS_BETTER = {"mean_error", "calibration_error"}


def evaluate_predictions(spec: ModelSpec, faces: Faces, answers: Answers) -> Metrics:
    """Every figure of one model on one data set; the first is the one that counts most."""
    if spec.kind == "classification":
        return _classification(spec, faces, answers)
    exact = faces.ages[:, 0] == faces.ages[:, 1]
    return _ages(faces, answers) if exact.all() else _age_groups(faces, answers)


def primary_metric(figures: Metrics) -> str:
    """Name of the figure that counts most."""
    return next(name for name in figures if name != "faces")


def _classification(spec: ModelSpec, faces: Faces, answers: Answers) -> Metrics:
    truth = targets_of(spec, faces).truth
    rows = truth != UNKNOWN
    faces, truth, probabilities = faces.take(rows), truth[rows], answers["probabilities"][rows]
    counts = metrics.confusion(probabilities.argmax(axis=1), truth, len(spec.labels))
    recalls = metrics.recalls(counts).astype(float).round(4).tolist()
    return _with_groups(
        faces,
        lambda rows: _classified(probabilities[rows], truth[rows]),
        {
            "recall": dict(zip(spec.labels, recalls, strict=True)),
            "confusion": counts.tolist(),
            "reliability": metrics.reliability(probabilities, truth).round(4).tolist(),
        },
    )


def _classified(probabilities: Floats, truth: Ints) -> dict[str, float]:
    counts = metrics.confusion(probabilities.argmax(axis=1), truth, probabilities.shape[1])
    # Where all have one class, no answer is a false alarm: its F1 would flatter.
    several = len(np.unique(truth)) > 1
    return {
        "accuracy": metrics.accuracy(counts),
        **({"macro_f1": metrics.macro_f1(counts)} if several else {}),
        "calibration_error": metrics.calibration_error(probabilities, truth),
    }


def _ages(faces: Faces, answers: Answers) -> Metrics:
    truth, years = faces.ages[:, 0].astype(np.int64), answers["years"]
    low, high = answers["low"], answers["high"]

    def figures(rows: NDArray[np.bool_]) -> dict[str, float]:
        return {
            "mean_error": metrics.mean_error(years[rows], truth[rows]),
            "coverage": metrics.coverage(low[rows], high[rows], truth[rows]),
            "bias": float(np.mean(years[rows] - truth[rows])),
            "range_width": float(np.mean(high[rows] - low[rows])),
        }

    return _with_groups(faces, figures, {})


def _age_groups(faces: Faces, answers: Answers) -> Metrics:
    apart = np.abs(band_of(answers["years"]) - band_of(faces.ages[:, 0].astype(np.int64)))

    def figures(rows: NDArray[np.bool_]) -> dict[str, float]:
        return {
            "accuracy": float(np.mean(apart[rows] == 0)),
            "within_one": float(np.mean(apart[rows] <= 1)),
        }

    return _with_groups(faces, figures, {})


def _with_groups(faces: Faces, figures: Any, details: Metrics) -> Metrics:
    """The figures of all faces, the details, and the figures of every group and of the worst."""
    everyone = figures(np.ones(len(faces), dtype=bool))
    groups = per_group(faces, figures)
    first = primary_metric(everyone)
    worst = worst_group(groups, first, higher_is_better=first not in LOWER_IS_BETTER)
    named = {"worst": worst, "worst_group": groups[worst][first]} if worst else {}
    return {"faces": len(faces)} | everyone | named | details | {"groups": groups}
