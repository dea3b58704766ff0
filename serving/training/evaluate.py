"""Measures an exported model on the splits that neither trained nor chose it.

python -m serving.training.evaluate emotion
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from serving.contract import CONTRACT
from serving.training.batches import Crops, detected_crops, whole_crops
from serving.training.commands import Arguments, Job, job, parser
from serving.training.export import VERSION, run_tensorflow
from serving.training.faces import Faces
from serving.training.figures import DETECTED, headlines, write_quality, write_report
from serving.training.judgement import judge
from serving.training.splits import test_rows

REPORTS = Path("docs/models")
FRAMINGS: dict[str, Callable[..., Crops]] = {DETECTED: detected_crops, "whole": whole_crops}
"""`detected` is what the service does; `whole` gives the model the picture as it is."""


def run(task: Job, reports: Path, contract: Path) -> None:
    """Measures each data set in each framing; prints and writes the figures."""
    faces = task.faces()
    tested = faces.take(test_rows(faces))
    report = {source: _measure(task, tested, source) for source in task.recipe.data}
    quality = headlines(report)
    write_report(reports / f"{task.spec.name}.json", {"quality": quality, "data": report})
    write_quality(contract, task.spec.name, quality)
    print(json.dumps(quality, indent=1))


def _measure(task: Job, faces: Faces, source: str) -> dict[str, dict]:
    chosen = faces.take(faces.source == source)
    folder = task.models / task.spec.name / VERSION
    return {
        name: judge(task.spec, chosen, run_tensorflow(folder, crops(chosen, task.spec)))
        for name, crops in FRAMINGS.items()
    }


def main(arguments: Arguments = None) -> None:
    """The command line."""
    options = parser(__doc__)
    options.add_argument("--reports", type=Path, default=REPORTS, help="folder of the JSON")
    options.add_argument("--contract", type=Path, default=CONTRACT, help="models.toml to update")
    chosen = options.parse_args(arguments)
    run(job(chosen), chosen.reports, chosen.contract)


if __name__ == "__main__":
    main()
