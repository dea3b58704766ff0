"""Trains a model, then calibrates, exports and evaluates it.

    python -m serving.training.train emotion

A run that was interrupted goes on after its last finished epoch; `--fresh` starts again.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from face_utils.model_spec import ModelSpec
from serving.contract import load_contract
from serving.training.batches import detected_crops, steps_per_epoch, training_batches
from serving.training.faces import UNKNOWN, Faces
from serving.training.framing import load_faces
from serving.training.learner import Learner
from serving.training.network import mini_xception
from serving.training.prediction import quantile, softmax
from serving.training.recipe import Recipe, load_recipe
from serving.training.splits import holdout_rows, training_rows
from serving.training.targets import TARGETS
from serving.training.workspace import DATA, Workspace


def train(spec: ModelSpec, recipe: Recipe, faces: Faces, workspace: Workspace) -> None:
    """Trains one model from where it stands to the last epoch of its recipe."""
    keras.utils.set_random_seed(recipe.seed)
    targets = TARGETS[spec.name](faces)
    rows = np.flatnonzero(training_rows(faces, recipe.holdout) & targets.usable)
    chosen, wanted = faces.take(rows), targets.take(rows)
    kept = np.flatnonzero(holdout_rows(faces, recipe.holdout) & (targets.truth != UNKNOWN))
    held_out, truth = detected_crops(faces.take(kept), spec), targets.truth[kept]

    model = mini_xception(recipe.network, spec.size, targets.values.shape[1])
    steps = recipe.epochs * steps_per_epoch(len(chosen), recipe)
    learner = Learner(model, recipe, steps, workspace.folder)
    learner.resume()
    for epoch in range(learner.epoch, recipe.epochs):
        batches = training_batches(chosen, wanted, spec, recipe, epoch)
        progress = tqdm(
            batches,
            desc=f"{spec.name} {epoch + 1}/{recipe.epochs}",
            total=steps_per_epoch(len(chosen), recipe),
            mininterval=2,
        )
        figures = learner.learn(progress)
        figures["holdout"] = score(spec, learner.averaged, held_out, truth)
        learner.averaged.save_weights(workspace.weights)
        workspace.append_log({"epoch": epoch + 1, **figures})
        tqdm.write(f"{spec.name} {epoch + 1}: {figures}")


def score(spec: ModelSpec, model: keras.Model, crops: np.ndarray, truth: np.ndarray) -> float:
    """Accuracy of a classification, mean absolute error of a measure."""
    probabilities = softmax(model.predict(crops, batch_size=256, verbose=0))
    if spec.kind == "classification":
        return float((probabilities.argmax(axis=1) == truth).mean())
    return float(np.abs(quantile(probabilities, 0.5) - truth).mean())


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    spec, recipe = load_contract()[options.model], load_recipe(options.model)
    if options.epochs:
        recipe = replace(recipe, epochs=options.epochs)
    workspace = Workspace(options.model, options.cache)
    if options.fresh:
        shutil.rmtree(workspace.folder, ignore_errors=True)
    workspace.folder.mkdir(parents=True, exist_ok=True)
    faces = load_faces(recipe.data, options.data, workspace.faces)
    train(spec, recipe, faces, workspace)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=sorted(TARGETS))
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the data sets")
    parser.add_argument("--cache", type=Path, default=Workspace("").cache)
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="forget an earlier run")
    return parser


if __name__ == "__main__":
    main()
