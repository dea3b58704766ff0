"""How a value follows from measured figures. NumPy only, so that each can be checked by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ENOUGH = 0.9
NEAR = 0.1
_THRESHOLDS = np.linspace(0, 1, 101)
_WORTHS = np.linspace(0.5, 5, 91)


def shortest_sufficient(figures: Mapping[float, float]) -> float:
    """The shortest smoothing that gains `ENOUGH` of what the longest gains.

    Args:
        figures: Seconds of smoothing, 0 among them -> a figure that smoothing makes smaller.
    """
    best = figures[0.0] - figures[max(figures)]
    return min(s for s, figure in figures.items() if figures[0.0] - figure >= ENOUGH * best)


def halfway_from_chance(classes: int) -> float:
    """The accuracy half-way between guessing and always being right."""
    return (1 + 1 / classes) / 2


def confidence_for_accuracy(confidence: Floats, right: Mask, wanted: float) -> float:
    """The confidence from which on answers are right as often as wanted.

    C. Chow, "On Optimum Recognition Error and Reject Tradeoff", 1970: it pays to answer wherever
    the chance to be right is above a fixed one.

    Args:
        confidence: `(n,)` highest probabilities.
        right: `(n,)` whether the answers are right.
        wanted: Accuracy that answers of about the same confidence must have.
    """
    poor = [t for t in _THRESHOLDS if _accuracy_near(t, confidence, right) < wanted]
    return float(min(poor[-1] + _THRESHOLDS[1], 1.0)) if poor else 0.0


def effective_sample_size(means: Floats, truth: NDArray[np.int64]) -> float:
    """How many independent looks several looks are worth: what makes the log loss least.

    Args:
        means: `(n, k)` log probabilities, averaged over the looks at each face.
        truth: `(n,)` right classes.
    """
    losses = [_log_loss(means * worth, truth) for worth in _WORTHS]
    return float(_WORTHS[int(np.argmin(losses))])


def intraclass_correlation(looks: int, worth: float) -> float:
    """The correlation of looks of which so many are worth so much (Kish's design effect)."""
    return (looks / worth - 1) / (looks - 1)


def skill_score(loss: Floats, guess: float) -> float:
    """How far a model is from guessing, 0, to being always right, 1: the skill score.

    A. Murphy, "Skill Scores Based on the Mean Square Error", 1988, for any loss.

    Args:
        loss: `(n,)` errors; of a classification, 1 for a wrong answer and 0 for a right one.
        guess: Mean loss of the best answer that looks at no face.
    """
    return 1 - float(loss.mean()) / guess


def find_bound(values: Sequence[float], kept: Sequence[float], least: float) -> float | None:
    """The value at which what is kept falls below the least for good; None where it does not.

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
    """Accuracy of the answers less than `NEAR` from a threshold; 1 where there is none."""
    near = right[np.abs(confidence - threshold) < NEAR]
    return float(near.mean()) if len(near) else 1.0


def _log_loss(logits: Floats, truth: NDArray[np.int64]) -> float:
    own = logits[np.arange(len(truth)), truth]
    highest = logits.max(axis=1)
    total = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    return float((total - own).mean())
