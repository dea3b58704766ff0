"""Oversampling: rare kinds of faces are shown more often than they occur."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from serving.training.faces import Faces
from serving.training.groups import band_of
from serving.training.targets import Targets

Ints = NDArray[np.int64]

MAX_REPEATS = 8.0


def sampling_groups(faces: Faces, targets: Targets) -> Ints:
    """Index of each face's sampling group, `(n,)`.

    Faces with votes or a folder label are grouped by their leading class. Others are grouped by
    gender, age band and ethnicity together.
    """
    if faces.votes.any() or (faces.label != "").any():
        return np.asarray(targets.values.argmax(axis=1), dtype=np.int64)
    bands = band_of(faces.ages[:, 0].astype(np.int64))
    _, ethnicity = np.unique(faces.group, return_inverse=True)
    columns = np.stack([faces.gender.astype(np.int64), bands, ethnicity], axis=1)
    _, group = np.unique(columns, axis=0, return_inverse=True)
    return np.asarray(group, dtype=np.int64).reshape(-1)


def repeat_counts(group: Ints, exponent: float) -> NDArray[np.float64]:
    """How often each face is shown per epoch, `(n,)`; the mean is 1 before the cap.

    A group of `m` faces gets a share in proportion to `m ** (1 - exponent)`.
    """
    shares = np.bincount(group)[group].astype(np.float64) ** -exponent
    return np.asarray(np.minimum(shares / shares.mean(), MAX_REPEATS), dtype=np.float64)


def draw_rows(counts: NDArray[np.float64], rng: Generator) -> NDArray[np.intp]:
    """Rows of one epoch in random order, as many as there are faces."""
    rounded = np.floor(counts + rng.random(len(counts))).astype(np.int64)
    rows = np.repeat(np.arange(len(counts)), rounded)
    return np.resize(rng.permutation(rows), len(counts))
