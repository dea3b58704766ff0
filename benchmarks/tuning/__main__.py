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
from benchmarks.tuning import evidence, gate, half_life, turn, unsure, years
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.material import (
    SOURCES,
    Material,
    gather,
    still_emotions,
    varied_faces,
)
from benchmarks.tuning.models import Model
from benchmarks.tuning.study import Study, findings_table, to_json, to_markdown
from benchmarks.tuning.tracks import Watched
from benchmarks.tuning.unsure import Judged, after_smoothing, one_look
from serving.contract import CONTRACT, MODELS
from serving.training.workspace import CACHE, DATA
from web.config import ROOT

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
    for study in _studies(gather(options), options.faces):
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


def _studies(material: Material, count: int) -> Iterator[Study]:
    """Gives each study as soon as it is done; what is random in it depends on the seed alone."""
    first, second, third, fourth, fifth = np.random.default_rng(SEED).spawn(5)
    emotions = still_emotions(material, count, first)
    genders = varied_faces(material, "gender", count, second)
    ages = varied_faces(material, "age", count, third)
    yield half_life.study(emotions, material.shake, material.films, fourth)
    yield evidence.study(genders, material.films)
    yield years.study(ages, material.films)
    yield unsure.study(*_answers(material, emotions, genders))
    yield gate.study(_askers(material, count, fifth), fifth)
    fairface = material.samples["gender"].of("fairface")
    yield turn.study(
        [
            (material.models["emotion"], material.samples["emotion"]),
            (material.models["gender"], fairface),
        ]
    )


def _answers(material: Material, *tracks: Watched) -> tuple[list[Judged], list[Judged]]:
    """Answers to all held-out faces, and others to compare them with."""
    models, samples = material.models, material.samples
    looks = [one_look(name, models[name], samples[name]) for name in ("emotion", "gender")]
    parts = [
        one_look(f"gender, {source}", models["gender"], samples["gender"].of(source))
        for source in SOURCES["gender"]
    ]
    return looks, [*parts, *map(after_smoothing, tracks)]


def _askers(material: Material, count: int, rng: Generator) -> list[tuple[Model, Sample]]:
    """Each model with some faces; gender and age look at the same ones."""
    faces = material.samples["emotion"].some(count, rng)
    aged = material.samples["age"].some(count, rng)
    gendered = Sample(aged.faces, aged.faces.gender.astype(np.int64))
    models = material.models
    return [(models["emotion"], faces), (models["age"], aged), (models["gender"], gendered)]


def _write(folder: Path, machine: str, done: Sequence[Study]) -> None:
    """Writes the page and the figures."""
    sections = [TITLE, f"Machine: {machine}.", findings_table(done), *map(to_markdown, done)]
    (folder / "tuning.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    report = {"machine": machine, "studies": {study.title: to_json(study) for study in done}}
    (folder / "tuning.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
