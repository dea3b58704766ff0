"""Study of age smoothing: how much averaging over a track improves the age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.markdown import Row
from benchmarks.tuning.clips import Clip
from benchmarks.tuning.prediction_tracks import Track, TrackSet, smoothed
from benchmarks.tuning.selection_rules import ENOUGH, shortest_sufficient
from benchmarks.tuning.study import Finding, Study, Table
from face_utils.model_spec import ModelSpec

SECONDS = (0.0, 6.0, 15.0, 30.0, 60.0)
LENGTHS = (1, 2, 3, 5, 10, 20)
CLIP_SECONDS = 60.0

METHOD = """\
Held-out UTKFace faces are predicted every {interval:g} s, with another training augmentation each
time. The error is the mean distance from the labelled age: of single predictions (per frame), and
of the average that the track shows after them (per track). The clips play back and forth for a
minute. The spread is the standard deviation of the age."""


def study(augmented: TrackSet, clips: Mapping[str, Sequence[Clip]]) -> Study:
    """Averages over different numbers of predictions and times.

    Args:
        augmented: Ages of faces, with another augmentation for each prediction.
        clips: Clips by name.
    """
    spec, faces = augmented.spec, len(augmented.tracks)
    now = spec.smoothing.seconds
    by_seconds = [_seconds_row(augmented, seconds) for seconds in SECONDS]
    return Study(
        "Smoothing of age",
        METHOD.format(interval=augmented.interval),
        [
            Table(f"{faces} faces, averaged over {now:g} s:", _length_rows(augmented)),
            Table("The second half of a minute, by smoothing time; 0 is without:", by_seconds),
            Table("The clips:", list(_clip_rows(spec, clips))),
        ],
        [_finding(spec, by_seconds)],
    )


def _finding(spec: ModelSpec, rows: Sequence[Row]) -> Finding:
    best = shortest_sufficient({float(r["seconds"]): float(r["error years"]) for r in rows})
    rule = f"shortest with {ENOUGH:.0%} of the improvement of the longest"
    return Finding(f"{spec.name}: smoothing.seconds", spec.smoothing.seconds, best, rule)


def _shown(spec: ModelSpec, seconds: float, tracks: Sequence[Track]) -> NDArray[np.float64]:
    """Returns the value that is shown after each prediction, `(tracks, predictions)`."""
    shown = [smoothed(spec, seconds, track) for track in tracks]
    return np.array([[float(outputs[spec.unit]) for outputs in track] for track in shown])


def _length_rows(augmented: TrackSet) -> list[Row]:
    single = _errors(augmented, 0)
    track = _errors(augmented, augmented.spec.smoothing.seconds).mean(axis=0)
    return [
        {
            "predictions": length,
            "error per frame, years": float(single[:, :length].mean()),
            "error per track, years": float(track[length - 1]),
        }
        for length in LENGTHS
    ]


def _seconds_row(augmented: TrackSet, seconds: float) -> Row:
    errors = _errors(augmented, seconds)
    later = errors[:, errors.shape[1] // 2 :]
    return {"seconds": seconds, "error years": float(later.mean())}


def _errors(augmented: TrackSet, seconds: float) -> NDArray[np.float64]:
    """Returns the error of the value that is shown, `(tracks, predictions)`."""
    return np.abs(_shown(augmented.spec, seconds, augmented.tracks) - augmented.truth[:, None])


def _clip_rows(spec: ModelSpec, clips: Mapping[str, Sequence[Clip]]) -> Iterator[Row]:
    for name, each in clips.items():
        for clip in each:
            track = clip.play(spec, CLIP_SECONDS)
            single, shown = (_shown(spec, s, [track]) for s in (0, spec.smoothing.seconds))
            yield {
                "clip": f"{clip.name}, {name}",
                "mean years": float(single.mean()),
                "spread per frame": float(single.std()),
                "spread per track": float(shown.std()),
                "minimum per frame": float(single.min()),
                "maximum per frame": float(single.max()),
            }
