"""Metrics of predictions. NumPy only, so that each can be checked by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from serving.training.prediction import Floats

Ints = NDArray[np.int64]
CALIBRATION_BINS = 15


def confusion(predicted: Ints, truth: Ints, classes: int) -> Ints:
    """Counts, `(classes, classes)`: rows are the truth, columns the predictions."""
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (truth, predicted), 1)
    return counts


def accuracy(counts: Ints) -> float:
    """Share of correct predictions in a confusion matrix."""
    return float(np.trace(counts) / max(1, counts.sum()))


def recalls(counts: Ints) -> Floats:
    """Recall of each class, `(classes,)`."""
    return np.asarray(np.diag(counts) / np.maximum(counts.sum(axis=1), 1), dtype=np.float32)


def macro_f1(counts: Ints) -> float:
    """Mean F1 score of the classes that occur."""
    truths = counts.sum(axis=1)
    scores = 2 * np.diag(counts) / np.maximum(counts.sum(axis=0) + truths, 1)
    return float(np.mean(scores[truths > 0])) if truths.any() else 0.0


def calibration_error(probabilities: Floats, truth: Ints) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over equal bins.

    M. Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015.

    Args:
        probabilities: `(n, k)`.
        truth: `(n,)`.
    """
    faces, confidence, accuracy = reliability(probabilities, truth).T
    return float((faces * np.abs(accuracy - confidence)).sum() / max(1, len(truth)))


def reliability(probabilities: Floats, truth: Ints) -> NDArray[np.float64]:
    """Reliability diagram: accuracy by confidence.

    Returns:
        `(bins, 3)`: number of faces, mean confidence and accuracy in each bin of equal width;
        zeros where a bin is empty.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = (probabilities.argmax(axis=1) == truth).astype(np.float64)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    sums = [np.bincount(bins, w, CALIBRATION_BINS) for w in (np.ones(len(bins)), confidence, right)]
    faces, confidences, hits = sums
    return np.stack([faces, *(s / np.maximum(faces, 1) for s in (confidences, hits))], axis=1)


def coverage(low: Floats, high: Floats, truth: Ints) -> float:
    """Share of true values within their predicted range."""
    return float(np.mean((low <= truth) & (truth <= high)))


def mean_error(years: Floats, truth: Ints) -> float:
    """Mean absolute error in years."""
    return float(np.mean(np.abs(years - truth)))
