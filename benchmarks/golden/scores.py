"""Scores of each model on the golden faces, and the bars that a shipped model has to reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.golden.predictions import Prediction, Verdict, error_of, verdict
from face_utils.model_spec import ModelSpec

LEAST_RIGHT = 0.3
"""Share of predictions of a classification that must be right; "unsure" is allowed for the rest."""
MOST_WRONG = 0.1
"""Share that may be wrong."""
LARGEST_ERROR = 15.0
"""Allowed error of a regression, in its unit. The models guess adults too young by up to 13."""


@dataclass(frozen=True)
class Score:
    """Scores of one model.

    Attributes:
        known: Number of predictions whose truth is known, over all conditions.
        verdicts: Predictions by verdict, of a classification.
        errors: Distance of each prediction from the truth, of a regression.
    """

    known: int
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    errors: tuple[float, ...] = ()

    @property
    def good_enough(self) -> bool:
        """Whether enough labels are right and few wrong, or no value is too far off."""
        if self.errors:
            return max(self.errors) <= LARGEST_ERROR
        enough_right = self.verdicts["right"] >= LEAST_RIGHT * self.known > 0
        return enough_right and self.verdicts["wrong"] <= MOST_WRONG * self.known


def score(spec: ModelSpec, predictions: Sequence[Prediction]) -> Score:
    """Scores one model on all faces that were found and whose truth is known."""
    known = [
        (prediction.outputs[spec.name], prediction.face.truth[spec.name])
        for prediction in predictions
        if spec.name in prediction.outputs and spec.name in prediction.face.truth
    ]
    if spec.kind == "classification":
        return Score(len(known), Counter(verdict(spec, *pair) for pair in known))
    return Score(len(known), errors=tuple(error_of(spec, *pair) for pair in known))
