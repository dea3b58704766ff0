"""Face detector network: separable blocks, strides 8, 16 and 32, one output map per stride.

The layout follows YuNet (W. Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023) with
two changes that make it cheaper: the stride of 4 is reached by depthwise convolutions, so that only
one layer works at a stride of 2, and one head gives score, box and landmarks together.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

STRIDES = (8, 16, 32)
OUTPUTS = 15
"""Channels of a map: score, box (x, y, log width, log height), five landmarks (x, y)."""


@dataclass(frozen=True)
class Width:
    """Channels of the network.

    Attributes:
        first: At a stride of 2.
        second: At a stride of 4.
        rest: From a stride of 8 on.
    """

    first: int
    second: int
    rest: int


class Block(nn.Module):
    """Depthwise 3x3 and pointwise convolution; with `last`, without normalization and ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, last: bool = False) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=last)
        self.norm = nn.Identity() if last else nn.BatchNorm2d(outputs)
        self.last = last

    def forward(self, maps: Tensor) -> Tensor:
        """Runs the block."""
        maps = self.norm(self.pointwise(self.depthwise(maps)))
        return maps if self.last else functional.relu(maps)


class FaceNetwork(nn.Module):
    """Maps images to one map per stride.

    Args:
        width: Channels.

    Example:
        >>> import torch
        >>> maps = FaceNetwork(Width(16, 32, 64))(torch.zeros(1, 3, 64, 96))
        >>> [tuple(each.shape) for each in maps]
        [(1, 15, 8, 12), (1, 15, 4, 6), (1, 15, 2, 3)]
    """

    def __init__(self, width: Width) -> None:
        super().__init__()
        first, second, rest = width.first, width.second, width.rest
        self.stem = nn.Conv2d(3, first, 3, 2, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(first)
        self.stride_4 = nn.Sequential(
            Block(first, second, 2), Block(second, second), Block(second, rest)
        )
        self.stages = nn.ModuleList(
            nn.Sequential(Block(rest, rest, 2), Block(rest, rest)) for _ in STRIDES
        )
        self.necks = nn.ModuleList(Block(rest, rest) for _ in STRIDES)
        self.heads = nn.ModuleList(Block(rest, OUTPUTS, last=True) for _ in STRIDES)
        for head in self.heads:
            nn.init.constant_(head.pointwise.bias[:1], -4.0)  # Faces are rare.

    def forward(self, images: Tensor) -> list[Tensor]:
        """Runs the network.

        Args:
            images: `(n, 3, h, w)` in the order blue, green, red, 0 to 255; sides divisible by 32.

        Returns:
            Per stride `(n, 15, h / stride, w / stride)`; the score is a logit.
        """
        maps = functional.relu(self.stem_norm(self.stem(images / 64.0 - 2.0)))
        maps = self.stride_4(maps)
        sides = []
        for stage in self.stages:
            maps = stage(maps)
            sides.append(maps)
        result: list[Tensor] = []
        above: Tensor | None = None
        for side, neck, head in zip(sides[::-1], self.necks, self.heads, strict=True):
            above = neck(side if above is None else side + _double(above))
            result.insert(0, head(above))
        return result


def _double(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")
