"""Targets of the student: the teacher's maps of a picture and of the picture at twice the size.

At twice the size the teacher sees small faces that it misses otherwise, at half the size large ones. Its map with a stride of 16 there
has the cells of the student's map with a stride of 8, and the same encoding, so nothing is decoded.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def merge(half: list[Tensor], single: list[Tensor], double: list[Tensor]) -> list[Tensor]:
    """Merges the teacher's maps.

    Args:
        half: Its maps of the student's picture at half the size, per stride `(n, 15, h, w)`.
        single: Its maps of the student's picture.
        double: Its maps at twice the size.

    Returns:
        Per stride of the student `(n, 15, h, w)`.
    """
    fine = _best(_halve(double[0]), double[1])
    middle = _best(double[2], _confirm(single[1], functional.max_pool2d(fine[:, :1], 2), double[2]))
    coarse = _confirm(single[2], functional.max_pool2d(middle[:, :1], 2), half[1], half[2])
    return [fine, middle, coarse]


def _confirm(maps: Tensor, *others: Tensor) -> Tensor:
    """Lowers a score to what the other maps say nearby: the rest are false alarms."""
    grid = maps.shape[2:]
    seen = [functional.interpolate(other[:, :1], grid, mode="nearest") for other in others]
    nearby = functional.max_pool2d(torch.stack(seen).amax(dim=0), 3, 1, 1)
    return torch.cat([torch.minimum(maps[:, :1], nearby), maps[:, 1:]], dim=1)


def _best(one: Tensor, other: Tensor) -> Tensor:
    return torch.where(one[:, :1] >= other[:, :1], one, other)


def _halve(maps: Tensor) -> Tensor:
    """Takes the best of each 2 by 2 cells, encoded for the cell that they form."""
    corners = [
        _encode(maps[:, :, row::2, column::2], column, row) for row in (0, 1) for column in (0, 1)
    ]
    return _best(_best(corners[0], corners[1]), _best(corners[2], corners[3]))


def _encode(maps: Tensor, column: int, row: int) -> Tensor:
    score, centre, size, points = maps.split([1, 2, 2, 10], dim=1)
    corner = torch.tensor([column, row], dtype=maps.dtype, device=maps.device)
    centre = (centre + corner[:, None, None]) / 2
    points = (points + corner.repeat(5)[:, None, None]) / 2
    return torch.cat([score, centre, size - math.log(2), points], dim=1)
