"""What a training shows to its network, for how long, and how it measures what was learned."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from serving.training.batches import Crops, detected_crops, steps_per_epoch
from serving.training.commands import Job
from serving.training.distillation import distil_targets
from serving.training.faces import UNKNOWN, Faces
from serving.training.prediction import quantile, softmax
from serving.training.recipe import Recipe
from serving.training.splits import holdout_rows, training_rows
from serving.training.targets import Targets, class_count, targets_of

Scorer = Callable[[keras.Model], float]


@dataclass(frozen=True)
class Dataset:
    """One training without its network.

    Attributes:
        faces: The faces to learn from.
        targets: What to answer for them.
        recipe: The model's recipe, with as many epochs as these faces need.
        score: Measures a network on the held-out faces.
    """

    faces: Faces
    targets: Targets
    recipe: Recipe
    score: Scorer

    @property
    def steps(self) -> int:
        """Batches of one epoch."""
        return steps_per_epoch(len(self.faces), self.recipe)


def build_dataset(task: Job) -> Dataset:
    """The faces of the training split, with their labels and what teachers say about them."""
    faces = task.faces()
    targets = task.targets(faces)
    rows = np.flatnonzero(training_rows(faces, task.recipe.holdout) & targets.usable)
    shown, score = faces.take(rows), holdout_scorer(task, faces)
    recipe = with_enough_epochs(task.recipe, len(rows))
    return Dataset(shown, distil_targets(task, targets.take(rows), shown), recipe, score)


def with_enough_epochs(recipe: Recipe, rows: int) -> Recipe:
    """The recipe with as many epochs as its least number of steps takes."""
    epochs = math.ceil(recipe.least_steps / steps_per_epoch(rows, recipe))
    return replace(recipe, epochs=max(recipe.epochs, epochs))


def holdout_scorer(task: Job, faces: Faces) -> Scorer:
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
