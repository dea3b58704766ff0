"""The tables about averaging the age over a track."""

from __future__ import annotations

import numpy as np

from benchmarks.tuning import smoothing_age
from benchmarks.tuning.prediction_tracks import TrackSet
from serving.contract import load_contract


def prediction(age: float) -> dict[str, np.ndarray]:
    return {name: np.float32(age) for name in ("years", "low", "high")}


def test_frame_and_track_are_measured_on_the_same_predictions():
    track = [
        prediction(30.0),
        prediction(50.0),
        *[prediction(40.0)] * (max(smoothing_age.LENGTHS) - 1),
    ]
    augmented = TrackSet(load_contract()["age"], [track], np.array([40]))

    one, two, *_ = smoothing_age.study(augmented, {}).tables[0].rows

    assert one["error per frame, years"] == one["error per track, years"] == 10
    assert (two["error per frame, years"], two["error per track, years"]) == (10, 0)
