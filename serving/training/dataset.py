"""The dataset of one training: faces, targets, number of epochs and held-out score."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from serving.training.batches import Crops, detected_crops, steps_per_epoch
from serving.training.distillation import distil_targets
from serving.training.faces import UNKNOWN, Faces
from serving.training.job import Job
from serving.training.prediction import quantile, softmax
from serving.training.recipe import Recipe
from serving.training.splits import holdout_rows, training_rows
from serving.training.targets import Targets, class_count, targets_of

Scorer = Callable[[keras.Model], float]


@dataclass(frozen=True)
class Dataset:
    """Everything that a training reads.

    Attributes:
        faces: The faces of the training split.
        targets: Their targets.
        recipe: The model's recipe, with the number of epochs that these faces need.
        score: Scores a network on the held-out faces.
    """

    faces: Faces
    targets: Targets
    recipe: Recipe
    score: Scorer

    @property
    def steps(self) -> int:
        """Steps per epoch."""
        return steps_per_epoch(len(self.faces), self.recipe)


def build_dataset(job: Job) -> Dataset:
    """Loads the training split and blends its labels with the teachers' predictions."""
    faces = job.faces()
    targets = job.targets(faces)
    rows = np.flatnonzero(training_rows(faces, job.recipe.holdout_share) & targets.usable)
    training_faces, score = faces.take(rows), holdout_scorer(job, faces)
    recipe = with_enough_epochs(job.recipe, len(rows))
    distilled = distil_targets(job, targets.take(rows), training_faces)
    return Dataset(training_faces, distilled, recipe, score)


def with_enough_epochs(recipe: Recipe, rows: int) -> Recipe:
    """The recipe with as many epochs as its `min_steps` takes."""
    epochs = math.ceil(recipe.min_steps / steps_per_epoch(rows, recipe))
    return replace(recipe, epochs=max(recipe.epochs, epochs))


def holdout_scorer(job: Job, faces: Faces) -> Scorer:
    """Returns a function that scores a network on the held-out faces with a single right answer."""
    truth = targets_of(job.spec, faces).truth
    rows = np.flatnonzero(holdout_rows(faces, job.recipe.holdout_share) & (truth != UNKNOWN))
    crops = detected_crops(faces.take(rows), job.spec)
    return lambda model: holdout_score(job.spec, model, crops, truth[rows])


def holdout_score(
    spec: ModelSpec, model: keras.Model, crops: Crops, truth: NDArray[np.int64]
) -> float:
    """Accuracy of a classification, mean absolute error of a regression."""
    logits = model.predict(crops, batch_size=256, verbose=0)
    probabilities = softmax(logits[:, : class_count(spec)])
    if spec.kind == "classification":
        return float((probabilities.argmax(axis=1) == truth).mean())
    return float(np.abs(quantile(probabilities, 0.5) - truth).mean())
