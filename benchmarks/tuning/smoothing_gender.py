"""Study of gender smoothing: over which time to add up evidence, and what a prediction adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.markdown import Row
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
from benchmarks.tuning.study import Finding, Study, Table
from face_utils.model_spec import UNSURE, ModelSpec
from face_utils.smoothing import REPEAT_CORRELATION

SECONDS = (0.0, 6.0, 15.0, 30.0, 60.0)
LENGTHS = (1, 2, 3, 5, 10, 20)
CLIP_SECONDS = 60.0

METHOD = """\
Held-out faces of UTKFace and FairFace are predicted every {interval:g} s for {seconds:g} s, with
another training augmentation each time: geometry, light, blur, noise, occlusion. No face changes
its gender, so every change of the label is false. 0 s is the label of single predictions. The
accuracy counts labels other than unsure. The clips play back and forth for a minute.

Predictions of one face are not independent. Their effective number is the one that gives the
smallest log loss. The correlation follows from it by Kish's design effect."""


def study(augmented: TrackSet, clips: Mapping[str, Sequence[Clip]]) -> Study:
    """Adds up evidence over different times.

    Args:
        augmented: Genders of faces, with another augmentation for each prediction.
        clips: Clips by name.
    """
    spec, interval = augmented.spec, augmented.interval
    played = {n: [clip.play(spec, CLIP_SECONDS) for clip in each] for n, each in clips.items()}
    rows = [_row(s, augmented) | _clip_columns(s, spec, played) for s in SECONDS]
    effective = [_effective_row(augmented, length) for length in LENGTHS]
    return Study(
        "Smoothing of gender",
        METHOD.format(interval=interval, seconds=len(augmented.tracks[0]) * interval),
        [
            Table(f"{len(augmented.tracks)} faces, by smoothing time:", rows),
            Table("Effective number of predictions:", effective),
        ],
        [_seconds_finding(spec, rows), _correlation_finding(effective)],
    )


def _seconds_finding(spec: ModelSpec, rows: Sequence[Row]) -> Finding:
    best = shortest_sufficient({float(r["seconds"]): float(r["changes/min"]) for r in rows})
    rule = f"shortest that avoids {ENOUGH:.0%} of the changes that the longest avoids"
    return Finding(f"{spec.name}: smoothing.seconds", spec.smoothing.seconds, best, rule)


def _correlation_finding(rows: Sequence[Row]) -> Finding:
    correlation = intraclass_correlation(LENGTHS[-1], float(rows[-1]["effective number"]))
    rule = f"calibrates the confidence after {LENGTHS[-1]} predictions"
    return Finding("smoothing.REPEAT_CORRELATION", REPEAT_CORRELATION, correlation, rule)


def _row(seconds: float, augmented: TrackSet) -> Row:
    spec = augmented.spec
    shown = [labels(spec, seconds, track) for track in augmented.tracks]
    names = [spec.labels[number] for number in augmented.truth]
    right = [
        label == name
        for name, track in zip(names, shown, strict=True)
        for label in track
        if label != UNSURE
    ]
    return {
        "seconds": seconds,
        "changes/min": changes_per_minute(shown, augmented.interval),
        "unsure %": 100 * label_share(UNSURE, shown),
        "accuracy %": 100 * float(np.mean(right)),
    }


def _clip_columns(seconds: float, spec: ModelSpec, played: Mapping[str, Sequence[Track]]) -> Row:
    row: Row = {}
    for name, tracks in played.items():
        shown = [labels(spec, seconds, track) for track in tracks]
        row[f"{name}: changes/min"] = changes_per_minute(shown, spec.interval_ms / 1e3)
        row[f"{name}: unsure %"] = 100 * label_share(UNSURE, shown)
    return row


def _effective_row(augmented: TrackSet, length: int) -> Row:
    seen = np.array([[o["probabilities"] for o in track[:length]] for track in augmented.tracks])
    means = np.log(np.maximum(seen, 1e-6)).mean(axis=1)
    return {
        "predictions": length,
        "accuracy %": 100 * float((means.argmax(axis=1) == augmented.truth).mean()),
        "effective number": effective_sample_size(means, augmented.truth),
        "in the code": length / (1 + (length - 1) * REPEAT_CORRELATION),
    }
