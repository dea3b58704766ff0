"""Divides faces so that no picture teaches, chooses and tests at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from serving.training.faces import TEST, Faces

Mask = NDArray[np.bool_]
_HASH_RANGE = 16**6


def test_rows(faces: Faces) -> Mask:
    """The rows of the test splits."""
    return faces.split == TEST


def training_rows(faces: Faces, holdout: float) -> Mask:
    """The rows to train on: neither tested, nor held out, nor identical to a tested picture."""
    return ~test_rows(faces) & ~_twins_of_test(faces) & ~_held_out(faces, holdout)


def holdout_rows(faces: Faces, holdout: float) -> Mask:
    """The rows of the training splits that are kept for choosing and calibrating."""
    return ~test_rows(faces) & ~_twins_of_test(faces) & _held_out(faces, holdout)


def _twins_of_test(faces: Faces) -> Mask:
    return np.isin(faces.digest, np.unique(faces.digest[test_rows(faces)]))


def _held_out(faces: Faces, share: float) -> Mask:
    """Chosen by the picture's hash: equal pictures stay together, and every run agrees."""
    values = np.array([int(digest[-6:], 16) for digest in faces.digest], dtype=np.int64)
    return values < share * _HASH_RANGE
