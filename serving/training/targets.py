"""Turns labels into what a network is trained towards."""

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
    """What the model should answer, row by row.

    Attributes:
        values: `(n, k)` float32. A distribution over the `k` classes, or, where `interval` holds,
            1 for each class that the label allows. With `beside`, the classes of all heads.
        interval: `(n, heads)` bool, whether a head's label only narrows its classes down.
        truth: `(n,)` int64, the one right class, or `UNKNOWN` where no single one is.
        usable: `(n,)` bool, whether the row can be trained on.
    """

    values: Floats
    interval: NDArray[np.bool_]
    truth: NDArray[np.int64]
    usable: NDArray[np.bool_]

    def beside(self, others: Sequence[Targets]) -> Targets:
        """These targets, with the classes of other models after their own."""
        heads = [self, *others]
        return Targets(
            values=np.concatenate([head.values for head in heads], axis=1),
            interval=np.concatenate([head.interval for head in heads], axis=1),
            truth=self.truth,
            usable=np.all([head.usable for head in heads], axis=0),
        )

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Targets:
        """The targets of some rows, by mask or by index."""
        return Targets(self.values[rows], self.interval[rows], self.truth[rows], self.usable[rows])


def emotion(faces: Faces) -> Targets:
    """The distribution of the FER+ votes, after single votes were dropped as noise.

    The truth follows the protocol for a single label: the majority over all ten columns, if it is
    an emotion and has at least half of the votes that remain.
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


def gender(faces: Faces) -> Targets:
    """The labelled gender, all or nothing."""
    known = faces.gender != UNKNOWN
    return Targets(
        values=np.eye(2, dtype=np.float32)[np.where(known, faces.gender, 0)],
        interval=np.zeros((len(faces), 1), dtype=bool),
        truth=faces.gender.astype(np.int64),
        usable=known,
    )


def age(faces: Faces) -> Targets:
    """A bell around an exact age; for an age group, the ages that it spans.

    The bell says that neighbouring ages look alike (label distribution learning: X. Geng et al.,
    "Facial Age Estimation by Learning from Label Distributions", 2013). It widens with age.
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


def labelled(faces: Faces, labels: Sequence[str]) -> Targets:
    """The label of the folder that each picture lay in, all or nothing.

    Args:
        faces: Their labels must be among these; a few faces, as for a test, need not have them all.
        labels: The classes, in order.

    Raises:
        ValueError: Pictures have a label that is none of these.
    """
    found = sorted(set(faces.label.tolist()) - {""})
    if not labels or not set(found) <= set(labels):
        raise ValueError(f"the model has the labels {list(labels)}, the pictures have {found}")
    known = faces.label != ""
    classes = np.array([labels.index(name) if name else UNKNOWN for name in faces.label], np.int64)
    return Targets(
        values=np.eye(len(labels), dtype=np.float32)[np.where(known, classes, 0)],
        interval=np.zeros((len(faces), 1), dtype=bool),
        truth=classes,
        usable=known,
    )


TARGETS: dict[str, Callable[[Faces], Targets]] = {"emotion": emotion, "age": age, "gender": gender}
CLASSES = {"emotion": EMOTIONS, "age": AGE_BINS, "gender": 2}


def targets_of(spec: ModelSpec, faces: Faces) -> Targets:
    """What a model of the contract should answer; models not known here learn folders' labels.

    Raises:
        ValueError: The pictures do not have the model's labels.
    """
    if spec.name in TARGETS:
        return TARGETS[spec.name](faces)
    return labelled(faces, spec.labels)


def require_every_label(spec: ModelSpec, faces: Faces) -> None:
    """Refuses to teach a model of one's own from faces that lack one of its labels.

    Raises:
        ValueError: A label has no faces.
    """
    missing = [label for label in spec.labels if label not in faces.label]
    if spec.name not in TARGETS and missing:
        raise ValueError(f"{spec.name} is to learn {', '.join(missing)}, but has no pictures of it")


def class_count(spec: ModelSpec) -> int:
    """Number of classes that the network of a model tells apart."""
    return CLASSES.get(spec.name, len(spec.labels))
