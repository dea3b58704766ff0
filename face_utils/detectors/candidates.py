"""Candidates: rows of box, landmarks and score, before overlapping ones become one face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from face_utils.boxes import FloatArray, iou
from face_utils.detection import Detection

Size = tuple[int, int]
"""Height and width of a canvas in pixels, multiples of 32."""

STRIDES = (8, 16, 32)
"""Sides of the cells of a canvas, in pixels, of which each can hold a face."""

COLUMNS = 13
"""A row: `x, y, w, h`, four landmarks of two values each, score."""
BOX, POINTS, SCORE = slice(0, 4), slice(4, 12), 12

SAME_FACE = 0.3
"""Overlap (IoU) above which two boxes are the same face."""


@dataclass(frozen=True)
class Framing:
    """Maps the boxes of a network to BlazeFace's, which the models were trained on.

    Attributes:
        side: Side of the square box, in square roots of the network's box area.
        down: Shift of its centre, in heights of the network's box.
    """

    side: float
    down: float


YUNET_FRAMING = Framing(side=1.02, down=0.022)
"""YuNet frames a face from forehead to chin. Medians over 671 faces of the training data."""


def no_candidates() -> FloatArray:
    """A table without rows."""
    return np.empty((0, COLUMNS), np.float32)


def read_cells(
    cells: FloatArray, size: Size, threshold: float, framing: Framing = YUNET_FRAMING
) -> FloatArray:
    """Converts the output of a `FaceNetwork` to candidates in pixels of the canvas.

    Args:
        cells: `(cells, 15)` score, box and five landmarks of each cell, in sides of the cell.
        size: Height and width of the canvas.
        threshold: Lowest score.
        framing: How the network frames a face.

    Returns:
        `(n, 13)` candidates, in square boxes.
    """
    found = np.flatnonzero(cells[:, 0] >= threshold)
    if not len(found):
        return no_candidates()
    corners, strides = (values[found] for values in _grid(size))
    cells = cells[found]
    extent = np.exp(cells[:, 3:5]) * strides
    side = framing.side * np.sqrt(extent[:, :1] * extent[:, 1:])
    points = cells[:, 5:].reshape(-1, 5, 2) * strides[:, None] + corners[:, None]
    rows = np.empty((len(found), COLUMNS), np.float32)
    rows[:, :2] = corners + cells[:, 1:3] * strides - side / 2
    rows[:, 1] += framing.down * extent[:, 1]
    rows[:, 2:4] = side
    rows[:, 4:10] = points[:, :3].reshape(-1, 6)  # Right eye, left eye, nose.
    rows[:, 10:12] = points[:, 3:].mean(axis=1)  # The corners of the mouth.
    rows[:, SCORE] = cells[:, 0]
    return rows


@lru_cache
def _grid(size: Size) -> tuple[FloatArray, FloatArray]:
    """Top left corner, `(cells, 2)`, and side, `(cells, 1)`, of each cell of a canvas."""
    corners, strides = [], []
    for stride in STRIDES:
        shape = size[0] // stride, size[1] // stride
        rows, columns = np.indices(shape).reshape(2, -1)
        corners.append(np.column_stack([columns, rows]) * stride)
        strides.append(np.full((shape[0] * shape[1], 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(strides).astype(np.float32)


def merge(candidates: FloatArray) -> FloatArray:
    """One row for each face, the best score first.

    A face is the mean of all candidates that overlap its best one, weighted by their scores. That
    trembles about a third less from frame to frame than the best one alone.
    """
    if len(candidates) < 2:
        return candidates
    rows = candidates[np.argsort(-candidates[:, SCORE], kind="stable")]
    same = iou(rows[:, BOX], rows[:, BOX]) > SAME_FACE
    free = np.ones(len(rows), bool)
    faces = []
    for index in range(len(rows)):
        if free[index]:
            group = same[index] & free
            group[index] = True  # A box without area overlaps nothing.
            free &= ~group
            faces.append(_mean(rows[group]))
    return np.stack(faces)


def _mean(group: FloatArray) -> FloatArray:
    weights = group[:, SCORE] / group[:, SCORE].sum()
    face = np.asarray(weights @ group, np.float32)
    face[SCORE] = group[0, SCORE]
    return face


def to_detections(faces: FloatArray) -> list[Detection]:
    """Converts faces to detections."""
    return [Detection(face[BOX], float(face[SCORE]), face[POINTS].reshape(4, 2)) for face in faces]
