"""Finds the temperature, and for a measure the range, of a trained model on held-out faces.

python -m serving.training.calibrate emotion
"""

from __future__ import annotations

import numpy as np

from serving.training.batches import detected_crops, whole_crops
from serving.training.calibration import calibrate
from serving.training.commands import Arguments, Job, job, parser
from serving.training.faces import UNKNOWN
from serving.training.splits import holdout_rows
from serving.training.targets import CLASSES, TARGETS


def run(task: Job) -> None:
    """Calibrates on both framings, since either may be what a caller sends."""
    faces = task.faces()
    truth = TARGETS[task.spec.name](faces).truth
    rows = np.flatnonzero(holdout_rows(faces, task.recipe.holdout) & (truth != UNKNOWN))
    kept = faces.take(rows)
    crops = np.concatenate([detected_crops(kept, task.spec), whole_crops(kept, task.spec)])
    logits = task.trained().predict(crops, batch_size=256, verbose=0)[:, : CLASSES[task.spec.name]]
    found = calibrate(logits, np.tile(truth[rows], 2), measure=task.spec.kind == "measure")
    found.save(task.workspace.calibration)
    print(f"{task.spec.name}: {found}")


def main(arguments: Arguments = None) -> None:
    """The command line."""
    run(job(parser(__doc__).parse_args(arguments)))


if __name__ == "__main__":
    main()
