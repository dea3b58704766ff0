"""Decides whether two boxes show the same face, when they come from different looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray
from face_utils.detectors.candidates import BOX, SCORE

OVERLAP = 0.3
"""IoU above which two boxes are the same face."""

CONTAINED = 0.7
"""Share of the smaller box within the larger one above which they are the same face."""


def first_of(faces: FloatArray) -> FloatArray:
    """Drops each face that shows the same as an earlier one.

    Faces of looks at different scales are not averaged: a box would jump whenever it is its
    window's turn.
    """
    if len(faces) < 2:
        return faces
    same = overlaps(faces[:, BOX], faces[:, BOX])
    kept: list[int] = []
    for index in range(len(faces)):
        if not same[index, kept].any():
            kept.append(index)
    return faces[kept]


def best_first(faces: FloatArray) -> FloatArray:
    """Sorts faces by score."""
    return faces[np.argsort(-faces[:, SCORE], kind="stable")] if len(faces) > 1 else faces


def overlaps(boxes: FloatArray, others: FloatArray) -> NDArray[np.bool_]:
    """Whether boxes show the same face: they overlap much, or one contains the other.

    Returns:
        `(n, m)` for n boxes and m others.
    """
    starts = np.maximum(boxes[:, None, :2], others[None, :, :2])
    ends = np.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (others[:, :2] + others[:, 2:])[None])
    sides = np.maximum(ends - starts, 0)
    shared = sides[..., 0] * sides[..., 1]
    areas, other_areas = (
        boxes[:, None, 2] * boxes[:, None, 3],
        others[None, :, 2] * others[None, :, 3],
    )
    union, smaller = areas + other_areas - shared, np.minimum(areas, other_areas)
    return np.asarray((shared > OVERLAP * union) | (shared > CONTAINED * smaller))
