"""Study of the confidence threshold: below which confidence a label should not be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.markdown import Row
from benchmarks.models import Model
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.prediction_tracks import TrackSet, smoothed
from benchmarks.tuning.selection_rules import (
    NEAR,
    Floats,
    Mask,
    confidence_for_accuracy,
    halfway_from_chance,
)
from benchmarks.tuning.study import Finding, Study, Table
from face_utils.model_spec import ModelSpec

THRESHOLDS = tuple(n / 20 for n in range(7, 20))

METHOD = f"""\
All held-out faces, cut as the service does, with one prediction each; then the smoothed predictions
of the tracks of the sections above. Accuracy below: of the predictions that the threshold hides.
Accuracy near: of those less than {NEAR:g} from it. Accuracy above: of those that are shown. The
threshold is where predictions reach the accuracy halfway between guessing and always being
right."""


@dataclass(frozen=True, eq=False)
class ScoredPredictions:
    """Predictions of which it is known whether they are right.

    Attributes:
        name: What was predicted.
        spec: The model that predicted.
        confidence: `(n,)` highest probability of each.
        right: `(n,)` whether it is right.
    """

    name: str
    spec: ModelSpec
    confidence: Floats
    right: Mask

    @property
    def best(self) -> float:
        """The threshold that the rule selects."""
        wanted = halfway_from_chance(len(self.spec.labels))
        return confidence_for_accuracy(self.confidence, self.right, wanted)


def single_predictions(name: str, model: Model, sample: Sample) -> ScoredPredictions:
    """Predicts each face once."""
    probabilities = model.predict(sample.crops(model.spec))["probabilities"]
    right = probabilities.argmax(axis=1) == sample.truth
    confidence = probabilities.max(axis=1).astype(np.float64)
    return ScoredPredictions(name, model.spec, confidence, right)


def smoothed_predictions(tracks: TrackSet) -> ScoredPredictions:
    """Returns what is shown after every prediction of every track."""
    spec = tracks.spec
    shown = [smoothed(spec, spec.smoothing.seconds, track) for track in tracks.tracks]
    beliefs = np.array([[outputs["probabilities"] for outputs in track] for track in shown])
    right = beliefs.argmax(axis=2) == tracks.truth[:, None]
    confidence = beliefs.max(axis=2).ravel().astype(np.float64)
    return ScoredPredictions(f"{spec.name}, smoothed", spec, confidence, right.ravel())


def study(single: Sequence[ScoredPredictions], others: Sequence[ScoredPredictions]) -> Study:
    """Compares confidence with accuracy.

    Args:
        single: Predictions that decide, one entry per model.
        others: Predictions for comparison.
    """
    tables = [
        Table(f"{each.name}, {len(each.right)} predictions:", [_row(each, t) for t in THRESHOLDS])
        for each in single
    ]
    compared: list[Row] = [
        {"predictions": each.name, **_row(each, each.best)} for each in (*single, *others)
    ]
    return Study(
        "Confidence threshold",
        METHOD,
        [*tables, Table("The rule on these and on other predictions:", compared)],
        [_finding(each) for each in single],
    )


def _finding(scored: ScoredPredictions) -> Finding:
    wanted = halfway_from_chance(len(scored.spec.labels))
    rule = f"from there on {wanted:.0%} are right, halfway from guessing to always"
    name = f"{scored.spec.name}: unsure_below"
    return Finding(name, scored.spec.unsure_below, scored.best, rule)


def _row(scored: ScoredPredictions, threshold: float) -> Row:
    hidden = scored.confidence < threshold
    near = np.abs(scored.confidence - threshold) < NEAR
    return {
        "threshold": threshold,
        "unsure %": 100 * float(hidden.mean()),
        "accuracy below %": _accuracy(scored.right[hidden]),
        "accuracy near %": _accuracy(scored.right[near]),
        "accuracy above %": _accuracy(scored.right[~hidden]),
    }


def _accuracy(right: Mask) -> float | str:
    return 100 * float(right.mean()) if len(right) else ""
