"""Measures what thresholds and smoothing should be, with the models that ship.

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

from benchmarks.machine import describe_machine
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
from benchmarks.tuning.models import Model
from benchmarks.tuning.prediction_tracks import TrackSet
from benchmarks.tuning.study import Study, findings_table, to_json, to_markdown
from serving.contract import CONTRACT, MODELS
from serving.training.run_dir import CACHE, DATA
from web.settings import ROOT

SEED = 20264
TITLE = """\
# Tuning

What thresholds and smoothing should be, measured with the models that ship on held-out faces, which
neither trained nor tested them, but chose and calibrated them. Written by
`python -m benchmarks.tuning`; the figures are also in [`tuning.json`](tuning.json)."""


def main() -> None:
    """Runs every study, prints each as it is done, and writes both files."""
    options = _parser().parse_args()
    cv2.setNumThreads(1)
    done = []
    for study in _studies(load_data(options), options.faces):
        print(to_markdown(study), end="\n\n", flush=True)
        done.append(study)
    machine = f"{describe_machine()}; {time.process_time():.0f} s of processor time"
    _write(options.docs, machine, done)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure thresholds and smoothing on data.")
    add = parser.add_argument
    add("--clips", type=Path, default=DATA.parent / "clips", help="folder of films (%(default)s)")
    add("--data", type=Path, default=DATA, help="folder with the data sets (%(default)s)")
    add("--cache", type=Path, default=CACHE, help="folder of the trainings (%(default)s)")
    add("--models", type=Path, default=MODELS, help="folder of the SavedModels")
    add("--contract", type=Path, default=CONTRACT, help="the model contract")
    add("--faces", type=int, default=500, help="faces of a sample (%(default)s)")
    add("--docs", type=Path, default=ROOT / "docs" / "experiments", help="folder to write to")
    return parser


def _studies(data: TuningData, count: int) -> Iterator[Study]:
    """Gives each study as soon as it is done; what is random in it depends on the seed alone."""
    first, second, third, fourth, fifth = np.random.default_rng(SEED).spawn(5)
    emotions = still_face_tracks(data, count, first)
    genders = augmented_tracks(data, "gender", count, second)
    ages = augmented_tracks(data, "age", count, third)
    yield smoothing_emotion.study(emotions, data.crop_jitter, data.films, fourth)
    yield smoothing_gender.study(genders, data.films)
    yield smoothing_age.study(ages, data.films)
    yield confidence_threshold.study(*_answers(data, emotions, genders))
    yield quality_bounds.study(_askers(data, count, fifth), fifth)
    fairface = data.samples["gender"].of("fairface")
    yield head_pose.study(
        [
            (data.models["emotion"], data.samples["emotion"]),
            (data.models["gender"], fairface),
        ]
    )


def _answers(
    data: TuningData, *tracks: TrackSet
) -> tuple[list[ScoredPredictions], list[ScoredPredictions]]:
    """Answers to all held-out faces, and others to compare them with."""
    models, samples = data.models, data.samples
    looks = [
        single_predictions(name, models[name], samples[name]) for name in ("emotion", "gender")
    ]
    parts = [
        single_predictions(f"gender, {source}", models["gender"], samples["gender"].of(source))
        for source in SOURCES["gender"]
    ]
    return looks, [*parts, *map(smoothed_predictions, tracks)]


def _askers(data: TuningData, count: int, rng: Generator) -> list[tuple[Model, Sample]]:
    """Each model with some faces; gender and age look at the same ones."""
    faces = data.samples["emotion"].some(count, rng)
    aged = data.samples["age"].some(count, rng)
    gendered = Sample(aged.faces, aged.faces.gender.astype(np.int64))
    models = data.models
    return [(models["emotion"], faces), (models["age"], aged), (models["gender"], gendered)]


def _write(folder: Path, machine: str, done: Sequence[Study]) -> None:
    """Writes the page and the figures."""
    sections = [TITLE, f"Machine: {machine}.", findings_table(done), *map(to_markdown, done)]
    (folder / "tuning.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    report = {"machine": machine, "studies": {study.title: to_json(study) for study in done}}
    (folder / "tuning.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
