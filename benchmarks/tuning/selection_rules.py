"""Selection rules: choose a constant from measurements. NumPy only, so that each can be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ENOUGH = 0.9
NEAR = 0.1
_THRESHOLDS = np.linspace(0, 1, 101)
_SAMPLE_SIZES = np.linspace(0.5, 5, 91)


def shortest_sufficient(values: Mapping[float, float]) -> float:
    """Returns the shortest smoothing with `ENOUGH` of the improvement of the longest.

    Args:
        values: Seconds of smoothing, with 0 among them -> a value that smoothing reduces.
    """
    best = values[0.0] - values[max(values)]
    return min(s for s, value in values.items() if values[0.0] - value >= ENOUGH * best)


def halfway_from_chance(classes: int) -> float:
    """Returns the accuracy halfway between guessing and always being right."""
    return (1 + 1 / classes) / 2


def confidence_for_accuracy(confidence: Floats, right: Mask, wanted: float) -> float:
    """Returns the confidence from which predictions reach the wanted accuracy.

    C. Chow, "On Optimum Recognition Error and Reject Tradeoff", 1970: it pays to predict wherever
    the probability of being right is above a fixed value.

    Args:
        confidence: `(n,)` highest probabilities.
        right: `(n,)` whether the predictions are right.
        wanted: Wanted accuracy of predictions with about the same confidence.
    """
    poor = [t for t in _THRESHOLDS if _accuracy_near(t, confidence, right) < wanted]
    return float(min(poor[-1] + _THRESHOLDS[1], 1.0)) if poor else 0.0


def effective_sample_size(means: Floats, truth: NDArray[np.int64]) -> float:
    """Returns how many independent predictions several predictions are worth.

    It is the factor for the mean log probabilities that gives the least log loss.

    Args:
        means: `(n, k)` log probabilities, averaged over the predictions of each face.
        truth: `(n,)` right classes.
    """
    losses = [_log_loss(means * size, truth) for size in _SAMPLE_SIZES]
    return float(_SAMPLE_SIZES[int(np.argmin(losses))])


def intraclass_correlation(predictions: int, effective: float) -> float:
    """Returns the correlation of predictions from their effective number (Kish's design effect)."""
    return (predictions / effective - 1) / (predictions - 1)


def skill_score(loss: Floats, guess: float) -> float:
    """Returns the skill score: 0 for guessing, 1 for always being right.

    A. Murphy, "Skill Scores Based on the Mean Square Error", 1988, for any loss.

    Args:
        loss: `(n,)` errors; for a classification, 1 for a wrong prediction and 0 for a right one.
        guess: Mean loss of the best prediction without an image.
    """
    return 1 - float(loss.mean()) / guess


def find_bound(values: Sequence[float], kept: Sequence[float], least: float) -> float | None:
    """Returns the value from which `kept` stays below `least`; None if there is no such value.

    Args:
        values: Values of a measure, from harmless to harmful.
        kept: Share of the skill that is left at each.
        least: Share that must be left.
    """
    good = [i for i, share in enumerate(kept) if share >= least]
    if not good:
        return values[0]
    last = good[-1]
    if last == len(kept) - 1:
        return None
    part = (kept[last] - least) / (kept[last] - kept[last + 1])
    return values[last] + part * (values[last + 1] - values[last])


def _accuracy_near(threshold: float, confidence: Floats, right: Mask) -> float:
    """Accuracy of the predictions less than `NEAR` from a threshold; 1 without predictions."""
    near = right[np.abs(confidence - threshold) < NEAR]
    return float(near.mean()) if len(near) else 1.0


def _log_loss(logits: Floats, truth: NDArray[np.int64]) -> float:
    own = logits[np.arange(len(truth)), truth]
    highest = logits.max(axis=1)
    total = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    return float((total - own).mean())
