"""Measures an exported model on the splits that neither trained nor chose it; writes its card.

python -m serving.training.evaluate emotion
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from face_utils.model_spec import ModelSpec
from serving.training.batches import Crops, detected_crops, whole_crops
from serving.training.card import write_card
from serving.training.commands import Arguments, Job, job, parser
from serving.training.evaluation import Metrics, evaluate_predictions, primary_metric
from serving.training.evaluation_subset import select_subset
from serving.training.export import VERSION
from serving.training.faces import Faces
from serving.training.history import History
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
Framing = Callable[[Faces, ModelSpec], Crops]
FRAMINGS: dict[str, Framing] = {DETECTED: detected_crops, "whole": whole_crops}
"""`detected` is what the service does; `whole` gives the model the picture as it is."""


def run(task: Job, reports: Path, contract: Path, readme: Path) -> None:
    """Measures each data set in each framing; prints and writes the figures and the card."""
    tested = {source: _tested(task, source) for source in task.recipe.data}
    framings = FRAMINGS if task.recipe.framing.whole else {DETECTED: detected_crops}
    folder = task.models / task.spec.name / VERSION
    history = History.load(folder)
    report = measure(task.spec, folder, tested, framings)
    report["calibration"] = asdict(history.calibration)
    write_report(reports / f"{task.spec.name}.json", report)
    write_card(reports, task.spec, report, history.trainings)
    write_quality(contract, task.spec.name, report["quality"])
    if reports == REPORTS or readme != README:  # a trial's reports are not the project's
        write_readme_table(readme, reports)
    print(json.dumps(report["quality"], indent=1))


def measure(
    spec: ModelSpec, folder: Path, tested: dict[str, Faces], framings: dict[str, Framing]
) -> dict[str, Any]:
    """Everything that the card says about an exported model.

    Args:
        spec: Its table in the contract.
        folder: Its SavedModel.
        tested: Test faces by data set.
        framings: Ways to cut the crops, by name; `detected` is one.
    """
    data = {
        source: {
            name: _judged(spec, folder, faces, cut(faces, spec)) for name, cut in framings.items()
        }
        for source, faces in tqdm(tested.items(), desc=f"{spec.name} test data", unit="set")
    }
    return {
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
    """The figures of a few test faces, without their groups."""
    figures = _judged(spec, folder, faces, detected_crops(faces, spec))
    return {name: figures[name] for name in figures if name not in ("groups", "reliability")}


def _tested(task: Job, source: str) -> Faces:
    faces = task.faces()
    return faces.take(test_rows(faces) & (faces.source == source))


def _judged(spec: ModelSpec, folder: Path, faces: Faces, crops: Crops) -> Metrics:
    return evaluate_predictions(spec, faces, run_openvino(folder, crops))


def _curves(
    spec: ModelSpec, folder: Path, tested: dict[str, Faces], data: dict[str, Any]
) -> dict[str, dict[str, list[float]]]:
    """The main figure at each level, of the data sets that have the same one as the first."""
    figure = primary_metric(next(iter(data.values()))[DETECTED])
    sources = [s for s, framings in data.items() if primary_metric(framings[DETECTED]) == figure]
    few = {source: tested[source].take(_sample(tested[source])) for source in sources}
    found = {name: {LEVELS: list(c.levels)} | {s: [] for s in few} for name, c in CURVES.items()}
    steps = [(name, level, s) for name, c in CURVES.items() for level in c.levels for s in few]
    for name, level, source in tqdm(steps, desc=f"{spec.name} curves", unit="level"):
        crops = degraded_crops(CURVES[name], level, few[source], spec)
        figures = _judged(spec, folder, few[source], crops)
        found[name][source].append(round(figures[figure], 4))
    return found


def _sample(faces: Faces) -> np.ndarray:
    count = min(FACES, len(faces))
    return np.sort(np.random.default_rng(0).permutation(len(faces))[:count])


def main(arguments: Arguments = None) -> None:
    """The command line."""
    options = parser(__doc__)
    options.add_argument("--reports", type=Path, default=REPORTS, help="folder of the cards")
    options.add_argument("--readme", type=Path, default=README, help="page with the figures' table")
    chosen = options.parse_args(arguments)
    run(job(chosen), chosen.reports, chosen.contract, chosen.readme)


if __name__ == "__main__":
    main()
