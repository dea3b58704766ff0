"""What someone who watches sees of a track: the answer that is shown at each look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.tuning.models import Crops, Model
from face_utils.model_spec import ModelSpec, Smoothing
from face_utils.results import describe
from face_utils.smoothing import Outputs, Smoother

Track = Sequence[Outputs]
"""Answers about one face, look by look, at the model's interval."""


@dataclass(frozen=True, eq=False)
class TrackSet:
    """Faces that were looked at again and again, and what is right about them.

    Attributes:
        spec: The model that looked.
        tracks: `n` tracks.
        truth: `(n,)` right class, or right value.
    """

    spec: ModelSpec
    tracks: Sequence[Track]
    truth: NDArray[np.int64]


def predict_tracks(model: Model, crops: Crops, truth: NDArray[np.int64]) -> TrackSet:
    """Asks a model about the same number of looks at each face, given face after face."""
    answers, looks = model.answer_each(crops), len(crops) // len(truth)
    starts = range(0, len(answers), looks)
    return TrackSet(model.spec, [answers[start : start + looks] for start in starts], truth)


def smoothed(spec: ModelSpec, seconds: float, track: Track) -> Track:
    """What is believed after each look.

    Args:
        spec: The model that answered.
        seconds: Takes the place of the contract's seconds of smoothing; 0 smooths nothing.
        track: Its answers.
    """
    if seconds == 0:
        return track
    tuned = replace(spec, smoothing=Smoothing(spec.smoothing.method, seconds))
    smoother, interval = Smoother(), spec.interval_ms / 1e3
    return [smoother.update(tuned, 1, look, n * interval) for n, look in enumerate(track)]


def labels(spec: ModelSpec, seconds: float, track: Track) -> list[str]:
    """The label that is shown at each look, `unsure` among them."""
    return [describe(spec, 1, look)["label"] for look in smoothed(spec, seconds, track)]


def changes_per_minute(shown: Iterable[Sequence[str]], interval: float) -> float:
    """How often the label changes in a minute, over all tracks together.

    Args:
        shown: The labels of each track.
        interval: Seconds from one look to the next.
    """
    pairs = [pair for track in shown for pair in pairwise(track)]
    changed = sum(before != after for before, after in pairs)
    return changed / max(len(pairs) * interval, interval) * 60


def label_share(label: str, shown: Iterable[Sequence[str]]) -> float:
    """Share of all looks at which a label is shown."""
    everything = [each for track in shown for each in track]
    return everything.count(label) / max(len(everything), 1)


def label_delay(label: str, shown: Sequence[str], start: int, interval: float) -> float:
    """Seconds from look `start` until a label is shown; infinite where it never is."""
    later = list(shown[start:])
    return later.index(label) * interval if label in later else float("inf")


def mean_shift(tracks: Iterable[Track]) -> float:
    """How much of the probability goes to other labels from one look to the next, on average.

    The total variation distance, 0 to 1: half of the sum of the absolute differences.
    """
    return float(np.mean([distance for track in tracks for distance in _distances(track)]))


def _distances(track: Track) -> Iterator[float]:
    for before, after in pairwise(track):
        yield float(np.abs(after["probabilities"] - before["probabilities"]).sum() / 2)
