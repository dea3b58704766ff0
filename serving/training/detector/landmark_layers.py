"""Layers of the landmark network, for its training and its export."""

from __future__ import annotations

FIRST = 16
"""Channels of the first convolution, which has a stride of 2."""

BLOCKS = ((16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 64, 2))
"""Inputs, outputs and stride of each block."""

BLOCK_STRIDES = tuple(stride for _, _, stride in BLOCKS)

CELLS = 9
"""Cells of the last map: 48 pixels, halved four times, are 3 by 3."""

VALUES = 8
"""Four landmarks of two values each."""
