"""Splits: no picture is used for more than one of training, selection and testing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from serving.training.faces import TEST, Faces

Mask = NDArray[np.bool_]
_HASH_RANGE = 16**6


def test_rows(faces: Faces) -> Mask:
    """Rows of the test splits."""
    return np.asarray(faces.split == TEST)


def training_rows(faces: Faces, holdout: float) -> Mask:
    """Rows to train on: not tested, not held out, and not identical to a tested picture."""
    return ~test_rows(faces) & ~_twins_of_test(faces) & ~_held_out(faces, holdout)


def holdout_rows(faces: Faces, holdout: float) -> Mask:
    """Rows of the training splits that are held out for selection and calibration."""
    return ~test_rows(faces) & ~_twins_of_test(faces) & _held_out(faces, holdout)


def _twins_of_test(faces: Faces) -> Mask:
    return np.asarray(np.isin(faces.digest, np.unique(faces.digest[test_rows(faces)])))


def _held_out(faces: Faces, share: float) -> Mask:
    """Selects by the picture's hash: equal pictures stay together, and every run agrees."""
    values = np.array([int(digest[-6:], 16) for digest in faces.digest], dtype=np.int64)
    return values < share * _HASH_RANGE
