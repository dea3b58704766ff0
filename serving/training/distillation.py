"""What the networks of the first trainings teach the network that follows them.

G. Hinton et al., "Distilling the Knowledge in a Neural Network", 2015. The teachers answer once,
for the plain crops, and their mean answer is blended into the labels. It says how sure one can be
of a face, and where in an age group its age may lie. Teachers are never exported.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from serving.training.batches import detected_crops
from serving.training.commands import Job
from serving.training.faces import Faces
from serving.training.network import average_mirrored
from serving.training.prediction import softmax
from serving.training.targets import Floats, Targets

ROWS = 4096
"""Crops that are cut at a time, to spare memory."""


def distil_targets(task: Job, targets: Targets, faces: Faces) -> Targets:
    """The targets of a task, blended with what its teachers say about these faces."""
    if not task.recipe.teachers:
        return targets
    answers = [teacher_predictions(teacher, faces) for teacher in task.teachers()]
    labels = np.split(targets.values, np.cumsum(task.heads)[:-1], axis=1)
    said = [mean_prediction(answers, name) for name in task.learned]
    heads = zip(labels, targets.interval.T, said, strict=True)
    values = [blend_labels(*head, share=task.recipe.teaching) for head in heads]
    plain = np.zeros_like(targets.interval)
    return replace(targets, values=np.concatenate(values, axis=1), interval=plain)


def teacher_predictions(teacher: Job, faces: Faces) -> dict[str, Floats]:
    """A teacher's probabilities for each model that it learned, `(n, classes)` float32."""
    network = average_mirrored(teacher.trained_network())
    parts = np.array_split(np.arange(len(faces)), len(faces) // ROWS + 1)
    parts = tqdm(parts, desc=f"{teacher.run_dir.model} teaches", unit="part")
    crops = (detected_crops(faces.take(rows), teacher.spec) for rows in parts)
    logits = np.concatenate([network.predict(c, batch_size=256, verbose=0) for c in crops])
    heads = np.split(logits, np.cumsum(teacher.heads)[:-1], axis=1)
    return {name: softmax(head) for name, head in zip(teacher.learned, heads, strict=True)}


def mean_prediction(answers: list[dict[str, Floats]], name: str) -> Floats:
    """The mean of those teachers that learned a model."""
    return np.mean([answer[name] for answer in answers if name in answer], axis=0)


def blend_labels(
    labels: Floats, interval: NDArray[np.bool_], answer: Floats, share: float
) -> Floats:
    """Labels of one head with a teacher's say.

    Args:
        labels: `(n, k)`, as in `targets.Targets`.
        interval: `(n,)`, where the label is an interval. There the teacher alone says which of the
            allowed classes it is.
        answer: `(n, k)` probabilities.
        share: The teacher's share elsewhere.

    Returns:
        `(n, k)` distributions.
    """
    within = np.maximum(answer, np.finfo(np.float32).tiny) * labels
    within /= within.sum(axis=1, keepdims=True)
    mean = (1 - share) * labels + share * answer
    return np.where(interval[:, None], within, mean).astype(np.float32)
