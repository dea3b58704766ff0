"""Landmark network: eyes, nose and mouth of one face, however the head is turned."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from serving.training.detector.landmark_layers import BLOCKS, CELLS, FIRST, VALUES
from serving.training.detector.network import Block


class LandmarkNetwork(nn.Module):
    """Maps `(n, 1, 48, 48)` grey pixels, 0 to 255, to `(n, 8)` landmarks from -1 to 1.

    Example:
        >>> import torch
        >>> LandmarkNetwork()(torch.zeros(2, 1, 48, 48)).shape
        torch.Size([2, 8])
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, FIRST, 3, 2, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(FIRST)
        self.blocks = nn.Sequential(*(Block(*block) for block in BLOCKS))
        self.points = nn.Linear(BLOCKS[-1][1] * CELLS, VALUES)

    def forward(self, images: Tensor) -> Tensor:
        """Runs the network."""
        maps = functional.relu(self.stem_norm(self.stem(images / 64.0 - 2.0)))
        return self.points(self.blocks(maps).flatten(1))
