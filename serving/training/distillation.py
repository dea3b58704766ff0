"""Knowledge distillation from pretrained networks.

G. Hinton et al., "Distilling the Knowledge in a Neural Network", 2015. The teachers predict once,
on crops without augmentation, and their mean prediction is blended into the labels. It tells how
certain a face is, and where in an age group the age may lie. Teachers are never exported.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from serving.training.batches import detected_crops
from serving.training.faces import Faces
from serving.training.job import Job
from serving.training.network import average_mirrored
from serving.training.prediction import Floats, softmax
from serving.training.targets import Targets

ROWS = 4096
"""Crops that are cut at a time, to save memory."""


def distil_targets(job: Job, targets: Targets, faces: Faces) -> Targets:
    """Blends the targets with the predictions of the job's teachers."""
    if not job.recipe.teachers:
        return targets
    predictions = [teacher_predictions(teacher, faces) for teacher in job.teachers()]
    labels = np.split(targets.values, np.cumsum(job.heads)[:-1], axis=1)
    means = [mean_prediction(predictions, name) for name in job.head_names]
    heads = zip(labels, targets.interval.T, means, strict=True)
    values = [blend_labels(*head, share=job.recipe.teacher_weight) for head in heads]
    no_interval = np.zeros_like(targets.interval)
    return replace(targets, values=np.concatenate(values, axis=1), interval=no_interval)


def teacher_predictions(teacher: Job, faces: Faces) -> dict[str, Floats]:
    """A teacher's probabilities for each of its heads, `(n, classes)` float32."""
    network = average_mirrored(teacher.trained_network())
    parts = np.array_split(np.arange(len(faces)), len(faces) // ROWS + 1)
    progress = tqdm(parts, desc=f"teacher {teacher.run_dir.model}", unit="part")
    crops = (detected_crops(faces.take(rows), teacher.spec) for rows in progress)
    logits = np.concatenate([network.predict(c, batch_size=256, verbose=0) for c in crops])
    heads = np.split(logits, np.cumsum(teacher.heads)[:-1], axis=1)
    return {name: softmax(head) for name, head in zip(teacher.head_names, heads, strict=True)}


def mean_prediction(predictions: list[dict[str, Floats]], head: str) -> Floats:
    """Mean prediction of the teachers that have this head."""
    having = [prediction[head] for prediction in predictions if head in prediction]
    return np.asarray(np.mean(having, axis=0), dtype=np.float32)


def blend_labels(
    labels: Floats, interval: NDArray[np.bool_], prediction: Floats, share: float
) -> Floats:
    """Blends the labels of one head with the teachers' prediction.

    Args:
        labels: `(n, k)`, as in `targets.Targets`.
        interval: `(n,)`, true where the label is an interval. There the prediction alone decides
            between the allowed classes.
        prediction: `(n, k)` probabilities.
        share: Share of the prediction where the label is not an interval.

    Returns:
        `(n, k)` distributions.
    """
    within = np.maximum(prediction, np.finfo(np.float32).tiny) * labels
    within /= within.sum(axis=1, keepdims=True)
    mean = (1 - share) * labels + share * prediction
    return np.where(interval[:, None], within, mean).astype(np.float32)
