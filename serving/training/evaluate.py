"""Evaluates an exported model on its test splits and writes its model card.

python -m serving.training.evaluate emotion
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from face_utils.model_spec import ModelSpec
from serving.training.batches import Crops, detected_crops, whole_crops
from serving.training.card import write_card
from serving.training.commands import Arguments, build_parser, open_job
from serving.training.evaluation import Metrics, evaluate_predictions, primary_metric
from serving.training.evaluation_subset import select_subset
from serving.training.export import VERSION
from serving.training.faces import Faces
from serving.training.history import History
from serving.training.job import Job
from serving.training.model_cost import measure_cost
from serving.training.report_values import (
    DETECTED,
    headline_metrics,
    write_quality,
    write_readme_table,
    write_report,
)
from serving.training.robustness_curves import CURVES, FACES, LEVELS, degraded_crops
from serving.training.runtimes import run_openvino
from serving.training.splits import test_rows

REPORTS = Path("docs/reference/model-cards")
README = Path("README.md")
Cropper = Callable[[Faces, ModelSpec], Crops]
CROPPERS: dict[str, Cropper] = {DETECTED: detected_crops, "whole": whole_crops}
"""`detected` is what the service does. `whole` gives the model the whole image."""


def run(job: Job, reports: Path, contract: Path, readme: Path) -> None:
    """Evaluates every data set with every kind of crop, and writes the report and the card."""
    tested = {source: _test_faces(job, source) for source in job.recipe.data}
    folder = job.models / job.spec.name / VERSION
    history = History.load(folder)
    report = measure(job.spec, folder, tested, croppers(job))
    report["calibration"] = asdict(history.calibration)
    write_report(reports / f"{job.spec.name}.json", report)
    write_card(reports, job.spec, report, history.trainings)
    write_quality(contract, job.spec.name, report["quality"])
    if reports == REPORTS or readme != README:  # A trial's reports are not the project's.
        write_readme_table(readme, reports)
    print(json.dumps(report["quality"], indent=1))


def croppers(job: Job) -> Mapping[str, Cropper]:
    """The kinds of crops that the model was trained on."""
    whole = job.recipe.augmentation.geometric.whole_image > 0
    return {name: cut for name, cut in CROPPERS.items() if whole or name == DETECTED}


def measure(
    spec: ModelSpec, folder: Path, tested: dict[str, Faces], croppers: Mapping[str, Cropper]
) -> dict[str, Any]:
    """Measures everything that the model card reports.

    Args:
        spec: The model's table in the contract.
        folder: The SavedModel.
        tested: Test faces by data set.
        croppers: Functions that cut the crops, by name, `detected` among them.
    """
    data = {
        source: {name: _evaluate(spec, folder, faces, cut) for name, cut in croppers.items()}
        for source, faces in tqdm(tested.items(), desc=f"{spec.name} test data", unit="set")
    }
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "quality": headline_metrics(data),
        "cost": measure_cost(spec, folder),
        "data": data,
        "subset": {
            source: measure_subset(spec, folder, select_subset(faces))
            for source, faces in tested.items()
        },
        "curves": _curves(spec, folder, tested, data),
    }


def measure_subset(spec: ModelSpec, folder: Path, faces: Faces) -> Metrics:
    """Metrics of the evaluation subset, without its groups."""
    metrics = _evaluate(spec, folder, faces, detected_crops)
    return {name: metrics[name] for name in metrics if name not in ("groups", "reliability")}


def _test_faces(job: Job, source: str) -> Faces:
    faces = job.faces()
    return faces.take(test_rows(faces) & (faces.source == source))


def _evaluate(spec: ModelSpec, folder: Path, faces: Faces, cut: Cropper) -> Metrics:
    return evaluate_predictions(spec, faces, run_openvino(folder, cut(faces, spec)))


def _curves(
    spec: ModelSpec, folder: Path, tested: dict[str, Faces], data: dict[str, Any]
) -> dict[str, dict[str, list[float]]]:
    """The primary metric at each level, for the data sets with the first one's primary metric."""
    metric = primary_metric(next(iter(data.values()))[DETECTED])
    sources = [s for s, crops in data.items() if primary_metric(crops[DETECTED]) == metric]
    few = {source: tested[source].take(_sample(tested[source])) for source in sources}
    found = {name: {LEVELS: list(c.levels)} | {s: [] for s in few} for name, c in CURVES.items()}
    steps = [(name, level, s) for name, c in CURVES.items() for level in c.levels for s in few]
    for name, level, source in tqdm(steps, desc=f"{spec.name} curves", unit="level"):
        crops = degraded_crops(CURVES[name], level, few[source], spec)
        metrics = evaluate_predictions(spec, few[source], run_openvino(folder, crops))
        found[name][source].append(round(metrics[metric], 4))
    return found


def _sample(faces: Faces) -> NDArray[np.intp]:
    count = min(FACES, len(faces))
    return np.sort(np.random.default_rng(0).permutation(len(faces))[:count])


def main(arguments: Arguments = None) -> None:
    """Runs the command."""
    parser = build_parser(__doc__)
    add = parser.add_argument
    add("--reports", type=Path, default=REPORTS, help="folder for the model cards (%(default)s)")
    add("--readme", type=Path, default=README, help="page with the table of results (%(default)s)")
    options = parser.parse_args(arguments)
    run(open_job(options), options.reports, options.contract, options.readme)


if __name__ == "__main__":
    main()
