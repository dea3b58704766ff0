"""Measures which thresholds and smoothing times fit the shipped models.

    python -m benchmarks.tuning

Writes docs/experiments/tuning.md and docs/experiments/tuning.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.machine import describe_date, describe_machine
from benchmarks.models import Model
from benchmarks.tuning import (
    confidence_threshold,
    head_pose,
    quality_bounds,
    smoothing_age,
    smoothing_emotion,
    smoothing_gender,
)
from benchmarks.tuning.confidence_threshold import (
    ScoredPredictions,
    single_predictions,
    smoothed_predictions,
)
from benchmarks.tuning.data import (
    SOURCES,
    TuningData,
    augmented_tracks,
    load_data,
    still_face_tracks,
)
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.prediction_tracks import TrackSet
from benchmarks.tuning.study import Study, findings_table, to_json, to_markdown
from serving.contract import CONTRACT, MODELS
from serving.training.run_dir import CACHE, DATA
from web.settings import ROOT

DOCS = ROOT / "docs" / "experiments"
SEED = 20264
TITLE = """\
# Tuning

For developers who change a threshold, a smoothing time or a model: the values that the measurements
support. The shipped models are measured on held-out faces, which were used to select and calibrate
them, but not to train or test them.

`python -m benchmarks.tuning` writes this page and [`tuning.json`](tuning.json)."""


def main() -> None:
    """Runs every study, prints each when it is done, and writes both files."""
    options = _parser().parse_args()
    cv2.setNumThreads(1)
    done = []
    for study in _studies(load_data(options), options.faces):
        print(to_markdown(study), end="\n\n", flush=True)
        done.append(study)
    machine = f"{describe_machine()}, {describe_date()}; {time.process_time():.0f} s of CPU time"
    _write(options.docs, machine, done)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure thresholds and smoothing on data.")
    add = parser.add_argument
    add("--clips", type=Path, default=DATA.parent / "clips", help="folder of clips (%(default)s)")
    add("--data", type=Path, default=DATA, help="folder with the data sets (%(default)s)")
    add("--cache", type=Path, default=CACHE, help="folder of the trainings (%(default)s)")
    add("--models", type=Path, default=MODELS, help="folder of the SavedModels (%(default)s)")
    add("--contract", type=Path, default=CONTRACT, help="the model contract (%(default)s)")
    add("--faces", type=int, default=500, help="faces per sample (%(default)s)")
    add("--docs", type=Path, default=DOCS, help="folder for the page (%(default)s)")
    return parser


def _studies(data: TuningData, count: int) -> Iterator[Study]:
    """Yields each study when it is done. Everything random depends on the seed only."""
    first, second, third, fourth, fifth = np.random.default_rng(SEED).spawn(5)
    emotions = still_face_tracks(data, count, first)
    genders = augmented_tracks(data, "gender", count, second)
    ages = augmented_tracks(data, "age", count, third)
    yield smoothing_emotion.study(emotions, data.crop_jitter, data.clips, fourth)
    yield smoothing_gender.study(genders, data.clips)
    yield smoothing_age.study(ages, data.clips)
    yield confidence_threshold.study(_single(data), _for_comparison(data, emotions, genders))
    yield quality_bounds.study(_samples(data, count, fifth), fifth)
    fairface = data.samples["gender"].from_source("fairface")
    emotion = (data.models["emotion"], data.samples["emotion"])
    yield head_pose.study([emotion, (data.models["gender"], fairface)])


def _single(data: TuningData) -> list[ScoredPredictions]:
    """One prediction for each held-out face."""
    names = ("emotion", "gender")
    return [single_predictions(name, data.models[name], data.samples[name]) for name in names]


def _for_comparison(data: TuningData, *tracks: TrackSet) -> list[ScoredPredictions]:
    """Predictions of single data sets, and smoothed predictions."""
    model, sample = data.models["gender"], data.samples["gender"]
    parts = [
        single_predictions(f"gender, {source}", model, sample.from_source(source))
        for source in SOURCES["gender"]
    ]
    return [*parts, *map(smoothed_predictions, tracks)]


def _samples(data: TuningData, count: int, rng: Generator) -> list[tuple[Model, Sample]]:
    """Each model with a sample of faces; gender and age use the same faces."""
    models, emotion = data.models, data.samples["emotion"].draw(count, rng)
    age = data.samples["age"].draw(count, rng)
    gender = Sample(age.faces, age.faces.gender.astype(np.int64))
    return [(models["emotion"], emotion), (models["age"], age), (models["gender"], gender)]


def _write(folder: Path, machine: str, done: Sequence[Study]) -> None:
    """Writes the page and the JSON file."""
    sections = [TITLE, f"Machine: {machine}.", findings_table(done), *map(to_markdown, done)]
    (folder / "tuning.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    report = {"machine": machine, "studies": {study.title: to_json(study) for study in done}}
    (folder / "tuning.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
