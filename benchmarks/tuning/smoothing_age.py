"""Study: what averaging over a track does for age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.tuning.clips import Clip
from benchmarks.tuning.prediction_tracks import Track, TrackSet, smoothed
from benchmarks.tuning.selection_rules import ENOUGH, shortest_sufficient
from benchmarks.tuning.study import Finding, Row, Study, Table
from face_utils.model_spec import ModelSpec

SECONDS = (0.0, 6.0, 15.0, 30.0, 60.0)
LOOKS = (1, 2, 3, 5, 10, 20)
FILM_SECONDS = 60.0

METHOD = """\
Held-out UTKFace faces, looked at every {interval:g} s, at each look changed as much as training
changes a picture. The error is the mean distance from the labelled age: of each of the first looks
by itself, and of the average that the track shows after them. On the films, played back and forth
for a minute, the spread is the standard deviation of the years of single looks and of those
shown."""


def study(varied: TrackSet, films: Mapping[str, Sequence[Clip]]) -> Study:
    """Averages over looks and seconds.

    Args:
        varied: Ages of faces, changed at each look.
        films: Name -> films.
    """
    spec = varied.spec
    now = spec.smoothing.seconds
    by_seconds = [_seconds_row(varied, seconds) for seconds in SECONDS]
    best = shortest_sufficient({float(r["seconds"]): float(r["error years"]) for r in by_seconds})
    rule = f"shortest that gains {ENOUGH:.0%} of what the longest gains in error"
    return Study(
        "Age per frame and per track",
        METHOD.format(interval=spec.interval_ms / 1e3),
        [
            Table(f"{len(varied.tracks)} faces, averaged over {now:g} s:", _look_rows(varied)),
            Table("The second half of a minute, by seconds; 0 does not average:", by_seconds),
            Table("The films:", list(_film_rows(spec, films))),
        ],
        [Finding("age: smoothing.seconds", now, best, rule)],
    )


def _shown(spec: ModelSpec, seconds: float, tracks: Sequence[Track]) -> NDArray[np.float64]:
    """`(tracks, looks)` the value that is shown at each look."""
    shown = [smoothed(spec, seconds, track) for track in tracks]
    return np.array([[float(look[spec.unit]) for look in track] for track in shown])


def _look_rows(varied: TrackSet) -> list[Row]:
    single = _errors(varied, 0)
    track = _errors(varied, varied.spec.smoothing.seconds).mean(axis=0)
    return [
        {
            "looks": looks,
            "error per frame, years": float(single[:, :looks].mean()),
            "error per track, years": float(track[looks - 1]),
        }
        for looks in LOOKS
    ]


def _seconds_row(varied: TrackSet, seconds: float) -> Row:
    errors = _errors(varied, seconds)
    later = errors[:, errors.shape[1] // 2 :]
    return {"seconds": seconds, "error years": float(later.mean())}


def _errors(varied: TrackSet, seconds: float) -> NDArray[np.float64]:
    """`(tracks, looks)` distance of the value that is shown from the truth."""
    return np.abs(_shown(varied.spec, seconds, varied.tracks) - varied.truth[:, None])


def _film_rows(spec: ModelSpec, films: Mapping[str, Sequence[Clip]]) -> Iterator[Row]:
    for name, clips in films.items():
        for clip in clips:
            track = clip.played(spec, FILM_SECONDS)
            single, shown = (_shown(spec, s, [track]) for s in (0, spec.smoothing.seconds))
            yield {
                "film": f"{clip.name}, {name}",
                "mean years": float(single.mean()),
                "spread per frame": float(single.std()),
                "spread per track": float(shown.std()),
                "per frame, from": float(single.min()),
                "to": float(single.max()),
            }
