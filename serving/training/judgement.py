"""What is measured of each kind of answer, per data set."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from serving.training import metrics
from serving.training.faces import UNKNOWN, Faces
from serving.training.groups import band_of, per_group
from serving.training.targets import TARGETS

Answers = dict[str, NDArray[np.float32]]


def judge(spec: ModelSpec, faces: Faces, answers: Answers) -> dict[str, Any]:
    """Every figure of one model on one data set."""
    if spec.kind == "classification":
        return _classification(spec, faces, answers)
    exact = faces.ages[:, 0] == faces.ages[:, 1]
    return _ages(faces, answers) if exact.all() else _age_groups(faces, answers)


def _classification(spec: ModelSpec, faces: Faces, answers: Answers) -> dict[str, Any]:
    truth = TARGETS[spec.name](faces).truth
    rows = truth != UNKNOWN
    faces, truth, probabilities = faces.take(rows), truth[rows], answers["probabilities"][rows]
    predicted = probabilities.argmax(axis=1)
    counts = metrics.confusion(predicted, truth, len(spec.labels))
    recalls = metrics.recalls(counts).astype(float).round(4).tolist()
    return {
        "faces": len(faces),
        "accuracy": metrics.accuracy(counts),
        "macro_f1": metrics.macro_f1(counts),
        "calibration_error": metrics.calibration_error(probabilities, truth),
        "recall": dict(zip(spec.labels, recalls, strict=True)),
        "confusion": counts.tolist(),
        "groups": per_group(faces, lambda rows: float((predicted == truth)[rows].mean())),
    }


def _ages(faces: Faces, answers: Answers) -> dict[str, Any]:
    truth, years = faces.ages[:, 0].astype(np.int64), answers["years"]
    low, high = answers["low"], answers["high"]
    return {
        "faces": len(faces),
        "mean_error": metrics.mean_error(years, truth),
        "coverage": metrics.coverage(low, high, truth),
        "range_width": float(np.mean(high - low)),
        "groups": per_group(faces, lambda rows: metrics.mean_error(years[rows], truth[rows])),
    }


def _age_groups(faces: Faces, answers: Answers) -> dict[str, Any]:
    apart = np.abs(band_of(answers["years"]) - band_of(faces.ages[:, 0].astype(np.int64)))
    return {
        "faces": len(faces),
        "accuracy": float(np.mean(apart == 0)),
        "within_one": float(np.mean(apart <= 1)),
        "groups": per_group(faces, lambda rows: float(np.mean(apart[rows] == 0))),
    }
