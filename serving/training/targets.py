"""Training targets: turns the data sets' labels into class distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from face_utils.model_spec import ModelSpec
from serving.training.faces import UNKNOWN, Faces
from serving.training.readers.labels import OLDEST

EMOTIONS = 8
AGE_BINS = OLDEST + 1

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Targets:
    """Targets of the rows of a face table.

    Attributes:
        values: `(n, k)` float32. A distribution over the `k` classes, or, where `interval` is true,
            1 for each class that the label allows. With auxiliary heads, the classes of all heads.
        interval: `(n, heads)` bool, whether a head's label allows several classes.
        truth: `(n,)` int64, the one right class, or `UNKNOWN` if there is no single right class.
        usable: `(n,)` bool, whether the row can be trained on.
    """

    values: Floats
    interval: NDArray[np.bool_]
    truth: NDArray[np.int64]
    usable: NDArray[np.bool_]

    def with_auxiliary(self, auxiliary: Sequence[Targets]) -> Targets:
        """These targets, followed by the classes of auxiliary heads."""
        heads = [self, *auxiliary]
        return Targets(
            values=np.concatenate([head.values for head in heads], axis=1),
            interval=np.concatenate([head.interval for head in heads], axis=1),
            truth=self.truth,
            usable=np.all([head.usable for head in heads], axis=0),
        )

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Targets:
        """The targets of some rows, by mask or by index."""
        return Targets(self.values[rows], self.interval[rows], self.truth[rows], self.usable[rows])


def emotion_targets(faces: Faces) -> Targets:
    """Distribution of the FER+ votes, without single votes, which are noise.

    The truth follows the single-label protocol: the majority over all ten columns, if it is an
    emotion and has at least half of the remaining votes.
    """
    votes = np.where(faces.votes > 1, faces.votes, 0).astype(np.float32)
    emotions, winner = votes[:, :EMOTIONS], votes.argmax(axis=1)
    usable = (winner < EMOTIONS) & (emotions.sum(axis=1) > 0)
    clear = usable & (2 * votes.max(axis=1) >= votes.sum(axis=1))
    return Targets(
        values=emotions / np.maximum(emotions.sum(axis=1, keepdims=True), 1),
        interval=np.zeros((len(faces), 1), dtype=bool),
        truth=np.where(clear, winner, UNKNOWN),
        usable=usable,
    )


def gender_targets(faces: Faces) -> Targets:
    """One-hot targets of the labelled gender."""
    known = faces.gender != UNKNOWN
    return Targets(
        values=np.eye(2, dtype=np.float32)[np.where(known, faces.gender, 0)],
        interval=np.zeros((len(faces), 1), dtype=bool),
        truth=faces.gender.astype(np.int64),
        usable=known,
    )


def age_targets(faces: Faces) -> Targets:
    """A bell curve around an exact age; an interval for an age group.

    The bell curve says that neighbouring ages look alike (label distribution learning: X. Geng et
    al., "Facial Age Estimation by Learning from Label Distributions", 2013). It widens with age.
    """
    first, last = faces.ages[:, :1].astype(np.float32), faces.ages[:, 1:].astype(np.float32)
    bins = np.arange(AGE_BINS, dtype=np.float32)
    bell = np.exp(-0.5 * ((bins - first) / (1 + 0.03 * first)) ** 2)
    exact = first == last
    span = (bins >= first) & (bins <= last)
    values = np.where(exact, bell / bell.sum(axis=1, keepdims=True), span)
    exact = exact[:, 0]
    return Targets(
        values=values.astype(np.float32),
        interval=~exact[:, None],
        truth=np.where(exact, faces.ages[:, 0], UNKNOWN).astype(np.int64),
        usable=faces.ages[:, 0] != UNKNOWN,
    )


def folder_targets(faces: Faces, labels: Sequence[str]) -> Targets:
    """One-hot targets of the label folder that each picture was in.

    Args:
        faces: Faces whose labels are among `labels`. They need not have every label.
        labels: The classes, in order.

    Raises:
        ValueError: A picture has a label that is not in `labels`.
    """
    found = sorted(set(faces.label.tolist()) - {""})
    if not labels or not set(found) <= set(labels):
        raise ValueError(
            f"The model's labels are {list(labels)}, but the label folders are {found}. "
            "Make them the same."
        )
    known = faces.label != ""
    classes = np.array([labels.index(name) if name else UNKNOWN for name in faces.label], np.int64)
    return Targets(
        values=np.eye(len(labels), dtype=np.float32)[np.where(known, classes, 0)],
        interval=np.zeros((len(faces), 1), dtype=bool),
        truth=classes,
        usable=known,
    )


TARGETS: dict[str, Callable[[Faces], Targets]] = {
    "emotion": emotion_targets,
    "age": age_targets,
    "gender": gender_targets,
}
CLASSES = {"emotion": EMOTIONS, "age": AGE_BINS, "gender": 2}


def targets_of(spec: ModelSpec, faces: Faces) -> Targets:
    """Targets of a model. A model without a data set of its own learns the label folders.

    Raises:
        ValueError: A picture has a label that the model lacks.
    """
    if spec.name in TARGETS:
        return TARGETS[spec.name](faces)
    return folder_targets(faces, spec.labels)


def require_every_label(spec: ModelSpec, faces: Faces) -> None:
    """Checks that every label of a custom model has faces.

    Raises:
        ValueError: A label has no faces.
    """
    missing = [label for label in spec.labels if label not in faces.label]
    if spec.name not in TARGETS and missing:
        raise ValueError(
            f"{spec.name} has no pictures with the label {', '.join(missing)}. Add a folder with "
            "that name, or remove the label from the contract."
        )


def class_count(spec: ModelSpec) -> int:
    """Number of classes of a model's network."""
    return CLASSES.get(spec.name, len(spec.labels))
