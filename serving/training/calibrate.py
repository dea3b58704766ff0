"""Calibrates a trained model on held-out faces: its temperature and, for a regression, its range.

python -m serving.training.calibrate emotion
"""

from __future__ import annotations

import keras
import numpy as np
from tqdm import tqdm

from serving.training.batches import Crops, detected_crops, whole_crops
from serving.training.calibration import fit_calibration
from serving.training.commands import Arguments, build_parser, open_job
from serving.training.faces import UNKNOWN
from serving.training.job import Job
from serving.training.prediction import Floats
from serving.training.splits import holdout_rows
from serving.training.targets import targets_of

BATCH = 256


def run(job: Job) -> None:
    """Calibrates on all kinds of crops that were trained on, since a caller may send each."""
    spec, faces = job.spec, job.faces()
    truth = targets_of(spec, faces).truth
    held_out = holdout_rows(faces, job.recipe.holdout_share) & (truth != UNKNOWN)
    rows = np.flatnonzero(held_out)
    has_whole = job.recipe.augmentation.geometric.whole_image > 0
    croppers = [detected_crops, whole_crops] if has_whole else [detected_crops]
    crops = np.concatenate([cut(faces.take(rows), spec) for cut in croppers])
    logits, repeated = _logits(job.export_network(), crops), np.tile(truth[rows], len(croppers))
    found = fit_calibration(logits, repeated, fit_range=spec.kind == "regression")
    found.save(job.run_dir.calibration)
    print(f"{spec.name}: {found}")


def _logits(network: keras.Model, crops: Crops) -> Floats:
    starts = tqdm(range(0, len(crops), BATCH), desc="calibrating", unit="batch")
    return np.concatenate([network.predict_on_batch(crops[i : i + BATCH]) for i in starts])


def main(arguments: Arguments = None) -> None:
    """Runs the command."""
    run(open_job(build_parser(__doc__).parse_args(arguments)))


if __name__ == "__main__":
    main()
