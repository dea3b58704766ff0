"""Training pictures: scenes and mosaics of scenes, composed on the device."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SIDE = 320
"""Side of a picture in pixels."""
LAYOUTS = ((1, 0.4), (2, 0.3), (3, 0.2), (4, 0.1))
"""Cells per side of a mosaic, and the share of the pictures with it."""
LARGE_SHARE, FACE_SHARE = 0.15, 0.1
"""Shares of the cells that show a crowd, or one large face."""


@dataclass(frozen=True)
class Sources:
    """Pictures to compose from, `(n, 3, h, w)` uint8 on the device; crowds have a size each."""

    scenes: Tensor
    crowds: Tensor
    crowd_sizes: Tensor
    faces: Tensor


def compose(sources: Sources, count: int) -> Tensor:
    """Composes `(about count, 3, 320, 320)` pictures, 0 to 255."""
    return torch.cat([_mosaics(sources, cells, round(count * share)) for cells, share in LAYOUTS])


def _mosaics(sources: Sources, cells: int, count: int) -> Tensor:
    side = SIDE // cells
    tiles = _tiles(sources, count * cells * cells, side)
    rows = tiles.view(count, cells, cells, 3, side, side).permute(0, 3, 1, 4, 2, 5)
    mosaics = rows.reshape(count, 3, cells * side, cells * side)
    missing = SIDE - cells * side
    return functional.pad(mosaics, (0, missing, 0, missing)) if missing else mosaics


def _tiles(sources: Sources, count: int, side: int) -> Tensor:
    crowds, faces = round(count * LARGE_SHARE), round(count * FACE_SHARE)
    tiles = torch.cat(
        [
            _look_at(sources.scenes, None, count - crowds - faces, side, zooms=(0.75, 1.8)),
            _look_at(sources.crowds, sources.crowd_sizes, crowds, side, zooms=(0.9, 4.0)),
            _look_at(sources.faces, None, faces, side, zooms=(0.4, 1.6)),
        ]
    )
    return tiles[torch.randperm(count, device=tiles.device)]


def _look_at(
    pictures: Tensor, sizes: Tensor | None, count: int, side: int, zooms: tuple[float, float]
) -> Tensor:
    """Draws pictures at random, and shows each through a random affine window."""
    device = pictures.device
    index = torch.randint(len(pictures), (count,), device=device)
    window = _windows(count, zooms, device)
    if sizes is not None:  # A part of the padded picture: scale to it, and shift to it.
        share = sizes[index] / torch.tensor(pictures.shape[2:], device=device)
        share = share.flip(1)[:, :, None]
        window = window * share
        window[:, :, 2:] += share - 1
    grid = functional.affine_grid(window, [count, 3, side, side], align_corners=False)
    return functional.grid_sample(pictures[index].float(), grid, align_corners=False)


def _windows(count: int, zooms: tuple[float, float], device: torch.device) -> Tensor:
    """Random affine windows, `(count, 2, 3)`: zoom, shape, turn, mirror and place."""
    low, high = math.log(zooms[0]), math.log(zooms[1])
    zoom = torch.exp(_between(count, low, high, device))
    shape = torch.exp(_between(count, -0.3, 0.3, device) / 2)
    slight = torch.randn(count, device=device) * 10
    turn = torch.where(_chance(count, 0.2, device), _between(count, -50, 50, device), slight)
    mirror = 1 - 2 * _chance(count, 0.5, device).float()
    cos, sin = torch.cos(torch.deg2rad(turn)), torch.sin(torch.deg2rad(turn))
    across, down = shape / zoom, 1 / (shape * zoom)
    room = (1 - 1 / zoom).abs()
    x, y = (_between(count, -1, 1, device) * room for _ in range(2))
    across_row = [cos * across * mirror, -sin * down, x]
    down_row = [sin * across * mirror, cos * down, y]
    return torch.stack(across_row + down_row).T.reshape(count, 2, 3)


def _between(count: int, low: float, high: float, device: torch.device) -> Tensor:
    return torch.rand(count, device=device) * (high - low) + low


def _chance(count: int, share: float, device: torch.device) -> Tensor:
    return torch.rand(count, device=device) < share
