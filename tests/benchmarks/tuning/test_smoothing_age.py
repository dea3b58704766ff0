"""What averaging over a track is said to do for age."""

from __future__ import annotations

import numpy as np

from benchmarks.tuning import smoothing_age
from benchmarks.tuning.prediction_tracks import TrackSet
from serving.contract import load_contract


def look(age: float) -> dict[str, np.ndarray]:
    return {name: np.float32(age) for name in ("years", "low", "high")}


def test_frame_and_track_are_measured_on_the_same_looks():
    track = [look(30.0), look(50.0), *[look(40.0)] * (max(smoothing_age.LOOKS) - 1)]
    varied = TrackSet(load_contract()["age"], [track], np.array([40]))

    one, two, *_ = smoothing_age.study(varied, {}).tables[0].rows

    assert one["error per frame, years"] == one["error per track, years"] == 10
    assert (two["error per frame, years"], two["error per track, years"]) == (10, 0)
