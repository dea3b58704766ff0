"""Study: how fast an old emotion should fade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from numpy.random import Generator

from benchmarks.tuning.clips import Clip
from benchmarks.tuning.prediction_tracks import (
    Track,
    TrackSet,
    changes_per_minute,
    label_delay,
    label_share,
    labels,
    mean_shift,
    smoothed,
)
from benchmarks.tuning.selection_rules import ENOUGH, shortest_sufficient
from benchmarks.tuning.study import Finding, Row, Study, Table
from face_utils.model_spec import UNSURE, ModelSpec
from serving.training.recipe import GeometricAugmentation

HALF_LIVES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.6)
STEPS = 400
KNOWN = 0.9
FILM_SECONDS = 20.0

METHOD = """\
Held-out FER+ faces keep still before a webcam for {seconds:g} s, a look every {interval:g} s: every
change of their label is false. The crop shakes as the detector's eyes do on the clips: shift
{shift:.1%} of the side, size {size:.1%}, roll {roll:.1f} degrees, each way. A step joins
the first half of one face's looks to the second half of another's, of different emotions that the
model names rightly in nine looks of ten; the delay runs until the new emotion is shown. The clips
last about two seconds and are played back and forth for {film:g} s, once as they are and once as a
poor camera would take them (320 by 240 pixels, a third of the light, noise). Moved is the share of
the probability that goes to other labels from one look to the next: {still:.1%} on the still faces
without smoothing. Half-life 0 is no smoothing."""


def study(
    still: TrackSet,
    framing: GeometricAugmentation,
    films: Mapping[str, Sequence[Clip]],
    rng: Generator,
) -> Study:
    """Shows still faces, steps and films with every half-life.

    Args:
        still: Emotions of faces that do not change.
        framing: How much their crops shake.
        films: Name -> films.
        rng: Picks the steps.
    """
    steps, played = steps_between(still, rng), {n: _played(c, still.spec) for n, c in films.items()}
    rows = [_row(s, still, steps) | _film_columns(s, still.spec, played) for s in HALF_LIVES]
    table = Table(f"{len(still.tracks)} still faces, {len(steps)} steps:", rows)
    finding = _finding(still.spec, rows)
    return Study("Half-life of emotion", _method(still, framing), [table], [finding])


def _method(still: TrackSet, framing: GeometricAugmentation) -> str:
    interval = still.spec.interval_ms / 1e3
    return METHOD.format(
        seconds=len(still.tracks[0]) * interval,
        interval=interval,
        film=FILM_SECONDS,
        shift=framing.shift,
        size=framing.scale[1] - 1,
        roll=framing.roll,
        still=mean_shift(still.tracks),
    )


def _finding(spec: ModelSpec, rows: Sequence[Row]) -> Finding:
    best = shortest_sufficient(
        {float(r["half-life s"]): float(r["changes a minute"]) for r in rows}
    )
    rule = (
        f"shortest half-life that takes away {ENOUGH:.0%} of what the longest does of the changes"
    )
    return Finding(f"{spec.name}: smoothing.seconds", spec.smoothing.seconds, best, rule)


def steps_between(still: TrackSet, rng: Generator) -> list[tuple[str, Track]]:
    """Tracks that go over to another emotion half-way, and which."""
    spec, names = still.spec, [still.spec.labels[number] for number in still.truth]
    known = [
        (name, track)
        for name, track in zip(names, still.tracks, strict=True)
        if label_share(name, [labels(spec, 0, track)]) >= KNOWN
    ]
    pairs = [pair for pair in permutations(known, 2) if pair[0][0] != pair[1][0]]
    picked = [pairs[i] for i in rng.permutation(len(pairs))[:STEPS]]
    return [(new, _joined(before, after)) for (_, before), (new, after) in picked]


def _joined(before: Track, after: Track) -> Track:
    return [*before[: len(before) // 2], *after[len(after) // 2 :]]


def _row(seconds: float, still: TrackSet, steps: Sequence[tuple[str, Track]]) -> Row:
    spec, interval = still.spec, still.spec.interval_ms / 1e3
    shown = [labels(spec, seconds, track) for track in still.tracks]
    delays = [
        label_delay(new, labels(spec, seconds, track), len(track) // 2, interval)
        for new, track in steps
    ]
    median, late = np.percentile(delays, (50, 90), method="higher")
    return {
        "half-life s": seconds,
        "changes a minute": changes_per_minute(shown, interval),
        "unsure %": 100 * label_share(UNSURE, shown),
        "delay s": float(median),
        "of the slowest tenth s": float(late),
    }


def _played(clips: Sequence[Clip], spec: ModelSpec) -> list[Track]:
    """Every film from each of the frames that lie between two looks."""
    return [
        clip.played(spec, FILM_SECONDS, start)
        for clip in clips
        for start in range(round(spec.interval_ms / 1e3 * clip.rate))
    ]


def _film_columns(seconds: float, spec: ModelSpec, films: Mapping[str, Sequence[Track]]) -> Row:
    row: Row = {}
    for name, tracks in films.items():
        shown = [labels(spec, seconds, track) for track in tracks]
        row[f"{name}: changes"] = changes_per_minute(shown, spec.interval_ms / 1e3)
        row[f"{name}: moved %"] = 100 * mean_shift([smoothed(spec, seconds, t) for t in tracks])
    return row
