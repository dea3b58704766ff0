"""Bounding boxes: `[x, y, w, h]` in pixels, float32, origin at the top left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def iou(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Intersection over union of every box with every other.

    Args:
        boxes: `(n, 4)` boxes.
        others: `(m, 4)` boxes.

    Returns:
        `(n, m)` values from 0 to 1.
    """
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])
    bottom_right = np.minimum(
        boxes[:, None, :2] + boxes[:, None, 2:], others[None, :, :2] + others[None, :, 2:]
    )
    overlap = np.prod(np.clip(bottom_right - top_left, 0, None), axis=2)
    areas = np.prod(boxes[:, 2:], axis=1)[:, None] + np.prod(others[:, 2:], axis=1)[None, :]
    return np.asarray(overlap / np.maximum(areas - overlap, 1e-9), dtype=np.float32)


def clip(box: FloatArray, width: int, height: int) -> FloatArray:
    """The part of a box that lies inside a frame of `width` by `height` pixels."""
    left, top = np.clip(box[:2], 0, (width, height))
    right, bottom = np.clip(box[:2] + box[2:], 0, (width, height))
    return np.array([left, top, right - left, bottom - top], dtype=np.float32)


def suppress(boxes: FloatArray, scores: FloatArray, threshold: float) -> list[list[int]]:
    """Groups boxes that overlap into one face each, the best score first.

    Args:
        boxes: `(n, 4)` boxes.
        scores: `(n,)` scores.
        threshold: IoU above which two boxes are the same face.

    Returns:
        One list of indices per face; its first index has the highest score.
    """
    remaining = [int(i) for i in np.argsort(-scores, kind="stable")]
    groups: list[list[int]] = []
    while remaining:
        overlaps = iou(boxes[remaining[:1]], boxes[remaining])[0]
        groups.append([i for i, o in zip(remaining, overlaps, strict=True) if o > threshold])
        remaining = [i for i, o in zip(remaining, overlaps, strict=True) if o <= threshold]
    return groups
