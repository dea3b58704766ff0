"""Study: how far back gender should load_data evidence, and how much each look is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.tuning.clips import Clip
from benchmarks.tuning.prediction_tracks import (
    Track,
    TrackSet,
    changes_per_minute,
    label_share,
    labels,
)
from benchmarks.tuning.selection_rules import (
    ENOUGH,
    effective_sample_size,
    intraclass_correlation,
    shortest_sufficient,
)
from benchmarks.tuning.study import Finding, Row, Study, Table
from face_utils.model_spec import UNSURE, ModelSpec
from face_utils.smoothing import REPEAT_CORRELATION

SECONDS = (0.0, 6.0, 15.0, 30.0, 60.0)
LOOKS = (1, 2, 3, 5, 10, 20)
FILM_SECONDS = 60.0

METHOD = """\
Held-out faces of UTKFace and FairFace, looked at every {interval:g} s for {seconds:g} s, at each
look changed as much as training changes a picture: framing, light, blur, noise, cover. No face
changes its gender, so that every change of the label is false; 0 s is the label without gathering,
and what was before. Right is the share of the labels other than unsure. The films are played back
and forth for a minute. How much looks are worth is found by the log loss: the worth that makes the
gathered certainty true. From it follows the correlation of looks, by Kish's design effect."""


def study(varied: TrackSet, films: Mapping[str, Sequence[Clip]]) -> Study:
    """Gathers evidence over different times.

    Args:
        varied: Genders of faces, changed at each look.
        films: Name -> films.
    """
    spec, interval = varied.spec, varied.spec.interval_ms / 1e3
    played = {n: [clip.played(spec, FILM_SECONDS) for clip in clips] for n, clips in films.items()}
    rows = [_row(s, varied) | _film_columns(s, spec, played) for s in SECONDS]
    worths = [_worth(varied, looks) for looks in LOOKS]
    return Study(
        "Evidence of gender",
        METHOD.format(interval=interval, seconds=len(varied.tracks[0]) * interval),
        [
            Table(f"{len(varied.tracks)} faces by seconds:", rows),
            Table("What several looks are worth, in independent looks:", worths),
        ],
        [_seconds_finding(spec, rows), _worth_finding(worths)],
    )


def _seconds_finding(spec: ModelSpec, rows: Sequence[Row]) -> Finding:
    best = shortest_sufficient({float(r["seconds"]): float(r["changes a minute"]) for r in rows})
    rule = f"shortest that takes away {ENOUGH:.0%} of what the longest does of the changes"
    return Finding(f"{spec.name}: smoothing.seconds", spec.smoothing.seconds, best, rule)


def _worth_finding(worths: Sequence[Row]) -> Finding:
    related = intraclass_correlation(LOOKS[-1], float(worths[-1]["worth"]))
    rule = f"makes the certainty of {LOOKS[-1]} looks true"
    return Finding("smoothing.REPEAT_CORRELATION", REPEAT_CORRELATION, related, rule)


def _row(seconds: float, varied: TrackSet) -> Row:
    spec = varied.spec
    shown = [labels(spec, seconds, track) for track in varied.tracks]
    names = [spec.labels[number] for number in varied.truth]
    right = [
        label == name
        for name, track in zip(names, shown, strict=True)
        for label in track
        if label != UNSURE
    ]
    return {
        "seconds": seconds,
        "changes a minute": changes_per_minute(shown, spec.interval_ms / 1e3),
        "unsure %": 100 * label_share(UNSURE, shown),
        "right %": 100 * float(np.mean(right)),
    }


def _film_columns(seconds: float, spec: ModelSpec, films: Mapping[str, Sequence[Track]]) -> Row:
    row: Row = {}
    for name, tracks in films.items():
        shown = [labels(spec, seconds, track) for track in tracks]
        row[f"{name}: changes"] = changes_per_minute(shown, spec.interval_ms / 1e3)
        row[f"{name}: unsure %"] = 100 * label_share(UNSURE, shown)
    return row


def _worth(varied: TrackSet, looks: int) -> Row:
    seen = np.array([[a["probabilities"] for a in track[:looks]] for track in varied.tracks])
    means = np.log(np.maximum(seen, 1e-6)).mean(axis=1)
    return {
        "looks": looks,
        "right %": 100 * float((means.argmax(axis=1) == varied.truth).mean()),
        "worth": effective_sample_size(means, varied.truth),
        "worth in the code": looks / (1 + (looks - 1) * REPEAT_CORRELATION),
    }
