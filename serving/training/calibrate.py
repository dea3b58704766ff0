"""Finds the temperature, and for a measure the range, of a trained model on held-out faces.

python -m serving.training.calibrate emotion
"""

from __future__ import annotations

import keras
import numpy as np
from tqdm import tqdm

from serving.training.batches import Crops, detected_crops, whole_crops
from serving.training.calibration import calibrate
from serving.training.commands import Arguments, Job, job, parser
from serving.training.faces import UNKNOWN
from serving.training.prediction import Floats
from serving.training.splits import holdout_rows
from serving.training.targets import targets_of

BATCH = 256


def run(task: Job) -> None:
    """Calibrates on all framings that were trained, since each may be what a caller sends."""
    spec, faces = task.spec, task.faces()
    truth = targets_of(spec, faces).truth
    rows = np.flatnonzero(holdout_rows(faces, task.recipe.holdout) & (truth != UNKNOWN))
    kept = faces.take(rows)
    framings = [detected_crops, whole_crops] if task.recipe.framing.whole else [detected_crops]
    crops = np.concatenate([cut(kept, spec) for cut in framings])
    right = np.tile(truth[rows], len(framings))
    found = calibrate(
        _logits(task.export_network(), crops), right, measure=spec.kind == "regression"
    )
    found.save(task.run_dir.calibration)
    print(f"{spec.name}: {found}")


def _logits(network: keras.Model, crops: Crops) -> Floats:
    starts = tqdm(range(0, len(crops), BATCH), desc="calibrating", unit="batch")
    return np.concatenate([network.predict_on_batch(crops[i : i + BATCH]) for i in starts])


def main(arguments: Arguments = None) -> None:
    """The command line."""
    run(job(parser(__doc__).parse_args(arguments)))


if __name__ == "__main__":
    main()
