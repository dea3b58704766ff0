"""Shows rare kinds of faces more often than they occur."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from serving.training.faces import Faces
from serving.training.groups import band_of
from serving.training.targets import Targets

Ints = NDArray[np.int64]

MOST_REPEATS = 8.0


def sampling_groups(faces: Faces, targets: Targets) -> Ints:
    """Number of the kind that each face is of, `(n,)`.

    Faces with votes or a folder's label are told apart by the leading class; the others by gender,
    age band and ethnicity together.
    """
    if faces.votes.any() or (faces.label != "").any():
        return targets.values.argmax(axis=1)
    bands = band_of(faces.ages[:, 0].astype(np.int64))
    _, ethnicity = np.unique(faces.group, return_inverse=True)
    columns = np.stack([faces.gender.astype(np.int64), bands, ethnicity], axis=1)
    _, kind = np.unique(columns, axis=0, return_inverse=True)
    return np.asarray(kind, dtype=np.int64).reshape(-1)


def repeat_counts(kind: Ints, exponent: float) -> NDArray[np.float64]:
    """How often each face is shown in one pass, 1 on average before the cap, `(n,)`.

    A kind of `m` faces gets a share in proportion to `m ** (1 - exponent)`.
    """
    shares = np.bincount(kind)[kind].astype(np.float64) ** -exponent
    return np.minimum(shares / shares.mean(), MOST_REPEATS)


def draw_rows(times: NDArray[np.float64], rng: Generator) -> NDArray[np.intp]:
    """Rows of one pass in random order, as many as there are faces."""
    whole = np.floor(times + rng.random(len(times))).astype(np.int64)
    return np.resize(rng.permutation(np.repeat(np.arange(len(times)), whole)), len(times))
