"""Study of emotion smoothing: how fast an old emotion should fade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from numpy.random import Generator

from benchmarks.markdown import Row
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
from benchmarks.tuning.study import Finding, Study, Table
from face_utils.model_spec import UNSURE, ModelSpec
from serving.training.recipe import GeometricAugmentation

HALF_LIVES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.6)
STEPS = 400
KNOWN = 0.9
CLIP_SECONDS = 20.0

METHOD = """\
Held-out FER+ faces keep still in front of a webcam for {seconds:g} s, with a prediction every
{interval:g} s. Every change of their label is false. The crop moves as the detector's eyes do on
the clips: shift {shift:.1%} of the side, size {size:.1%}, roll {roll:.1f} degrees, to either side.

A step joins the first half of one face's predictions to the second half of another's. The two have
different emotions, and the model is right in nine of ten predictions. The delay is the time until
the new emotion is shown.

The clips last about two seconds and play back and forth for {clip:g} s: once as they are, and once
as a poor camera would record them (320 x 240 pixels, a third of the light, noise). Moved is the
share of the probability that goes to other labels between two predictions: {still:.1%} on the still
faces without smoothing. Half-life 0 is without smoothing."""


def study(
    still: TrackSet,
    jitter: GeometricAugmentation,
    clips: Mapping[str, Sequence[Clip]],
    rng: Generator,
) -> Study:
    """Smooths still faces, steps and clips with every half-life.

    Args:
        still: Emotions of faces that do not change.
        jitter: How much their crops move.
        clips: Clips by name.
        rng: Draws the steps.
    """
    steps, played = steps_between(still, rng), {n: _play(c, still.spec) for n, c in clips.items()}
    rows = [_row(s, still, steps) | _clip_columns(s, still.spec, played) for s in HALF_LIVES]
    table = Table(f"{len(still.tracks)} still faces, {len(steps)} steps:", rows)
    return Study(
        "Smoothing of emotion", _method(still, jitter), [table], [_finding(still.spec, rows)]
    )


def _method(still: TrackSet, jitter: GeometricAugmentation) -> str:
    return METHOD.format(
        seconds=len(still.tracks[0]) * still.interval,
        interval=still.interval,
        clip=CLIP_SECONDS,
        shift=jitter.shift,
        size=jitter.scale[1] - 1,
        roll=jitter.roll,
        still=mean_shift(still.tracks),
    )


def _finding(spec: ModelSpec, rows: Sequence[Row]) -> Finding:
    changes = {float(r["half-life s"]): float(r["changes/min"]) for r in rows}
    rule = f"shortest that avoids {ENOUGH:.0%} of the changes that the longest avoids"
    best = shortest_sufficient(changes)
    return Finding(f"{spec.name}: smoothing.seconds", spec.smoothing.seconds, best, rule)


def steps_between(still: TrackSet, rng: Generator) -> list[tuple[str, Track]]:
    """Returns tracks that change to another emotion halfway, with the new emotion."""
    spec, names = still.spec, [still.spec.labels[number] for number in still.truth]
    known = [
        (name, track)
        for name, track in zip(names, still.tracks, strict=True)
        if label_share(name, [labels(spec, 0, track)]) >= KNOWN
    ]
    pairs = [pair for pair in permutations(known, 2) if pair[0][0] != pair[1][0]]
    picked = [pairs[i] for i in rng.permutation(len(pairs))[:STEPS]]
    return [(new, _join(before, after)) for (_, before), (new, after) in picked]


def _join(before: Track, after: Track) -> Track:
    return [*before[: len(before) // 2], *after[len(after) // 2 :]]


def _row(seconds: float, still: TrackSet, steps: Sequence[tuple[str, Track]]) -> Row:
    spec, interval = still.spec, still.interval
    shown = [labels(spec, seconds, track) for track in still.tracks]
    delays = [
        label_delay(new, labels(spec, seconds, track), len(track) // 2, interval)
        for new, track in steps
    ]
    median, late = np.percentile(delays, (50, 90), method="higher")
    return {
        "half-life s": seconds,
        "changes/min": changes_per_minute(shown, interval),
        "unsure %": 100 * label_share(UNSURE, shown),
        "delay p50 s": float(median),
        "delay p90 s": float(late),
    }


def _play(clips: Sequence[Clip], spec: ModelSpec) -> list[Track]:
    """Plays every clip from each of the frames between two predictions."""
    return [
        clip.play(spec, CLIP_SECONDS, start)
        for clip in clips
        for start in range(round(spec.interval_ms / 1e3 * clip.rate))
    ]


def _clip_columns(seconds: float, spec: ModelSpec, played: Mapping[str, Sequence[Track]]) -> Row:
    row: Row = {}
    for name, tracks in played.items():
        shown = [labels(spec, seconds, track) for track in tracks]
        row[f"{name}: changes/min"] = changes_per_minute(shown, spec.interval_ms / 1e3)
        row[f"{name}: moved %"] = 100 * mean_shift([smoothed(spec, seconds, t) for t in tracks])
    return row
