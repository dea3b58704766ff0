"""Trains a model, then calibrates, exports and evaluates it.

    python -m serving.training.train emotion

A run that was interrupted goes on after its last finished epoch; `--fresh` starts again.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from face_utils.model_spec import ModelSpec
from serving.training import calibrate, evaluate, export
from serving.training.batches import Crops, detected_crops, steps_per_epoch, training_batches
from serving.training.commands import Arguments, Job, job, parser
from serving.training.faces import UNKNOWN, Faces
from serving.training.learner import Learner
from serving.training.prediction import quantile, softmax
from serving.training.recipe import Recipe
from serving.training.splits import holdout_rows, training_rows
from serving.training.targets import class_count, targets_of
from serving.training.workspace import Workspace

Scorer = Callable[[keras.Model], float]


def run(task: Job) -> None:
    """Trains one model from where it stands to the last epoch of its recipe."""
    keras.utils.set_random_seed(task.recipe.seed)
    faces = task.faces()
    targets = task.targets(faces)
    rows = np.flatnonzero(training_rows(faces, task.recipe.holdout) & targets.usable)
    recipe = long_enough(task.recipe, len(rows))
    faces_in, targets_in, score = faces.take(rows), targets.take(rows), scorer(task, faces)
    steps = steps_per_epoch(len(rows), recipe)
    network, total = network_to_train(task), recipe.epochs * steps
    learner = Learner(network, task.heads, recipe, total, task.workspace.folder)
    learner.resume()
    for epoch in range(learner.epoch, recipe.epochs):
        batches = training_batches(faces_in, targets_in, task.spec, recipe, epoch)
        title = f"{task.spec.name} {epoch + 1}/{recipe.epochs}"
        figures = learner.learn(tqdm(batches, desc=title, total=steps, mininterval=2))
        learner.averaged.save_weights(task.workspace.weights)
        figures = {"epoch": epoch + 1, **figures, "holdout": score(learner.averaged)}
        task.workspace.append_log(figures)
        tqdm.write(str(figures))


def network_to_train(task: Job) -> keras.Model:
    """A new network that computes with the recipe's precision; later ones do so with 32 bits."""
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(task.recipe.precision)
    try:
        return task.network()
    finally:
        keras.config.set_dtype_policy(usual)


def long_enough(recipe: Recipe, rows: int) -> Recipe:
    """The recipe with as many epochs as its least number of steps takes."""
    epochs = math.ceil(recipe.least_steps / steps_per_epoch(rows, recipe))
    return replace(recipe, epochs=max(recipe.epochs, epochs))


def scorer(task: Job, faces: Faces) -> Scorer:
    """Measures a network on the held-out faces that have a single right answer."""
    truth = targets_of(task.spec, faces).truth
    rows = np.flatnonzero(holdout_rows(faces, task.recipe.holdout) & (truth != UNKNOWN))
    crops = detected_crops(faces.take(rows), task.spec)
    return lambda model: holdout_score(task.spec, model, crops, truth[rows])


def holdout_score(
    spec: ModelSpec, model: keras.Model, crops: Crops, truth: NDArray[np.int64]
) -> float:
    """Accuracy of a classification, mean absolute error of a measure."""
    logits = model.predict(crops, batch_size=256, verbose=0)
    probabilities = softmax(logits[:, : class_count(spec)])
    if spec.kind == "classification":
        return float((probabilities.argmax(axis=1) == truth).mean())
    return float(np.abs(quantile(probabilities, 0.5) - truth).mean())


def main(arguments: Arguments = None) -> None:
    """The command line."""
    options = parser(__doc__)
    options.add_argument("--epochs", type=int, help="instead of the recipe's")
    options.add_argument("--fresh", action="store_true", help="forget an earlier run")
    options.add_argument("--only", action="store_true", help="train, and leave it there")
    options.add_argument("--reports", type=Path, default=evaluate.REPORTS)
    options.add_argument("--readme", type=Path, default=evaluate.README)
    chosen = options.parse_args(arguments)
    if chosen.fresh:
        shutil.rmtree(Workspace(chosen.model, chosen.cache).folder, ignore_errors=True)
    task = job(chosen)
    if chosen.epochs:
        task = replace(task, recipe=replace(task.recipe, epochs=chosen.epochs, least_steps=0))
    run(task)
    if not chosen.only:
        calibrate.run(task)
        export.run(task)
        evaluate.run(task, chosen.reports, chosen.contract, chosen.readme)


if __name__ == "__main__":
    main()
