"""Study: under which confidence a label should not be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.models import Model
from benchmarks.tuning.prediction_tracks import TrackSet, smoothed
from benchmarks.tuning.selection_rules import (
    NEAR,
    Floats,
    Mask,
    confidence_for_accuracy,
    halfway_from_chance,
)
from benchmarks.tuning.study import Finding, Row, Study, Table
from face_utils.model_spec import ModelSpec

THRESHOLDS = tuple(n / 20 for n in range(7, 20))

METHOD = f"""\
All held-out faces, cut out as the service does it, one look each; then the answers about the
tracks of the sections above, smoothed. Right under: of the answers that the threshold hides, how
many are right. Right at: of those less than {NEAR:g} from it. Right above: of those that are shown.
The threshold is where answers begin to be right half-way between guessing and always."""


@dataclass(frozen=True, eq=False)
class ScoredPredictions:
    """Answers of which it is known whether they are right.

    Attributes:
        name: What they are about.
        spec: The model that answered.
        confidence: `(n,)` highest probability of each.
        right: `(n,)` whether it is right.
    """

    name: str
    spec: ModelSpec
    confidence: Floats
    right: Mask

    @property
    def best(self) -> float:
        """The threshold that the rule gives."""
        wanted = halfway_from_chance(len(self.spec.labels))
        return confidence_for_accuracy(self.confidence, self.right, wanted)


def single_predictions(name: str, model: Model, sample: Sample) -> ScoredPredictions:
    """Asks once about each face."""
    probabilities = model.answer(sample.crops(model.spec))["probabilities"]
    right = probabilities.argmax(axis=1) == sample.truth
    return ScoredPredictions(name, model.spec, probabilities.max(axis=1).astype(np.float64), right)


def smoothed_predictions(watched: TrackSet) -> ScoredPredictions:
    """What is shown at every look of every track."""
    spec = watched.spec
    shown = [smoothed(spec, spec.smoothing.seconds, track) for track in watched.tracks]
    beliefs = np.array([[look["probabilities"] for look in track] for track in shown])
    right = beliefs.argmax(axis=2) == watched.truth[:, None]
    return ScoredPredictions(
        f"{spec.name}, smoothed",
        spec,
        beliefs.max(axis=2).ravel().astype(np.float64),
        right.ravel(),
    )


def study(looks: Sequence[ScoredPredictions], others: Sequence[ScoredPredictions]) -> Study:
    """Compares confidence with truth.

    Args:
        looks: Answers that decide, one entry per model.
        others: Answers for comparison.
    """
    tables = [
        Table(f"{each.name}, {len(each.right)} answers:", [_row(each, t) for t in THRESHOLDS])
        for each in looks
    ]
    compared: list[Row] = [
        {"answers": each.name, **_row(each, each.best)} for each in (*looks, *others)
    ]
    return Study(
        "Unsure",
        METHOD,
        [*tables, Table("The rule on these and on other answers:", compared)],
        [_finding(each) for each in looks],
    )


def _finding(judged: ScoredPredictions) -> Finding:
    wanted = halfway_from_chance(len(judged.spec.labels))
    rule = f"from there on right {wanted:.0%} of the time, half-way from guessing to always"
    name = f"{judged.spec.name}: unsure_below"
    return Finding(name, judged.spec.unsure_below, judged.best, rule)


def _row(judged: ScoredPredictions, threshold: float) -> Row:
    hidden = judged.confidence < threshold
    near = np.abs(judged.confidence - threshold) < NEAR
    return {
        "threshold": threshold,
        "unsure %": 100 * float(hidden.mean()),
        "right under %": _share(judged.right[hidden]),
        "right at %": _share(judged.right[near]),
        "right above %": _share(judged.right[~hidden]),
    }


def _share(right: Mask) -> float | str:
    return 100 * float(right.mean()) if len(right) else ""
