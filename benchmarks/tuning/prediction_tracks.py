"""Prediction tracks: a model's predictions about one face over time, and what a viewer sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.models import Crops, Model
from face_utils.model_spec import ModelSpec, Smoothing
from face_utils.results import Classification, describe
from face_utils.smoothing import Outputs, Smoother

Track = Sequence[Outputs]
"""Predictions about one face, in order, at the model's interval."""


@dataclass(frozen=True, eq=False)
class TrackSet:
    """Tracks of several faces and their labels.

    Attributes:
        spec: The model that predicted.
        tracks: `n` tracks.
        truth: `(n,)` right class, or right value.
    """

    spec: ModelSpec
    tracks: Sequence[Track]
    truth: NDArray[np.int64]

    @property
    def interval(self) -> float:
        """Seconds between two predictions."""
        return self.spec.interval_ms / 1e3


def predict_tracks(model: Model, crops: Crops, truth: NDArray[np.int64]) -> TrackSet:
    """Predicts crops that are ordered by face, with the same number of crops per face."""
    predictions, length = model.predict_each(crops), len(crops) // len(truth)
    starts = range(0, len(predictions), length)
    return TrackSet(model.spec, [predictions[start : start + length] for start in starts], truth)


def smoothed(spec: ModelSpec, seconds: float, track: Track) -> Track:
    """Smooths a track.

    Args:
        spec: The model that predicted.
        seconds: Replaces the contract's smoothing time; 0 switches smoothing off.
        track: The model's predictions.
    """
    if seconds == 0:
        return track
    tuned = replace(spec, smoothing=Smoothing(spec.smoothing.method, seconds))
    smoother, interval = Smoother(), spec.interval_ms / 1e3
    return [smoother.update(tuned, 1, outputs, n * interval) for n, outputs in enumerate(track)]


def labels(spec: ModelSpec, seconds: float, track: Track) -> list[str]:
    """Returns the label that is shown after each prediction, which may be `unsure`."""
    predictions = (describe(spec, outputs) for outputs in smoothed(spec, seconds, track))
    return [each.label for each in predictions if isinstance(each, Classification)]


def changes_per_minute(shown: Iterable[Sequence[str]], interval: float) -> float:
    """Returns how often the label changes per minute, over all tracks together.

    Args:
        shown: The labels of each track.
        interval: Seconds between two predictions.
    """
    pairs = [pair for track in shown for pair in pairwise(track)]
    changed = sum(before != after for before, after in pairs)
    return changed / max(len(pairs) * interval, interval) * 60


def label_share(label: str, shown: Iterable[Sequence[str]]) -> float:
    """Returns the share of predictions with a label, over all tracks together."""
    everything = [each for track in shown for each in track]
    return everything.count(label) / max(len(everything), 1)


def label_delay(label: str, shown: Sequence[str], start: int, interval: float) -> float:
    """Returns the seconds from prediction `start` until a label is shown, or infinity."""
    later = list(shown[start:])
    return later.index(label) * interval if label in later else float("inf")


def mean_shift(tracks: Iterable[Track]) -> float:
    """Returns the mean share of probability that moves to other labels between two predictions.

    This is the total variation distance, 0 to 1: half of the sum of the absolute differences.
    """
    return float(np.mean([distance for track in tracks for distance in _distances(track)]))


def _distances(track: Track) -> Iterator[float]:
    for before, after in pairwise(track):
        yield float(np.abs(after["probabilities"] - before["probabilities"]).sum() / 2)
