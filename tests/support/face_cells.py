"""Output of a face detection network for known faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from face_utils.boxes import FloatArray

STRIDE = 32


def encode(rows: Sequence[Sequence[float]], size: tuple[int, int]) -> FloatArray:
    """Gives each face to the cell of 32 pixels that its centre lies in.

    Args:
        rows: Box, five landmarks and score of each face, in pixels of the canvas.
        size: Height and width of the canvas.
    """
    height, width = size
    counts = [(height // stride) * (width // stride) for stride in (8, 16, 32)]
    cells = np.zeros((sum(counts), 15), np.float32)
    for x, y, w, h, *points, score in rows:
        column, row = int((x + w / 2) // STRIDE), int((y + h / 2) // STRIDE)
        corner = np.array([column, row]) * STRIDE
        cell = cells[sum(counts[:2]) + row * (width // STRIDE) + column]
        cell[0] = score
        cell[1:3] = ((x + w / 2, y + h / 2) - corner) / STRIDE
        cell[3:5] = np.log((w / STRIDE, h / STRIDE))
        cell[5:] = ((np.reshape(points, (5, 2)) - corner) / STRIDE).ravel()
    return cells
