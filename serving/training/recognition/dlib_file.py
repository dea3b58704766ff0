"""Reads the numbers of a network that dlib wrote, without dlib.

The format is that of `serialize` in D. King's dlib, http://dlib.net. Layers follow one another from
the picture on, and each begins with its name. A tensor is a version and four dimensions, as
integers of as many bytes as they need, before its float32 values.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LAYERS = re.compile(rb"con_4|affine_|fc_2")
"""Convolution, channel-wise scale and offset, and dense layer: those that hold numbers."""

_BEFORE_TENSOR = {b"fc_2": 2}
"""Integers between a layer's name and its tensor."""

_TENSOR_VERSION = 2
_NEGATIVE, _BYTES = 0x80, 0x0F


def layers_of(path: Path) -> list[tuple[str, Floats]]:
    """Every layer that holds numbers, from the picture on: its name and its flat float32 values.

    Raises:
        ValueError: The file is not as described above.
    """
    data = path.read_bytes()
    found, position = [], 0
    while match := _LAYERS.search(data, position):
        values, position = _tensor(data, match)
        found.append((match.group().decode(), values))
    return found


def _tensor(data: bytes, name: re.Match[bytes]) -> tuple[Floats, int]:
    """The values of a layer, and where they end."""
    position = name.end()
    for _ in range(_BEFORE_TENSOR.get(name.group(), 0)):
        _, position = _integer(data, position)
    version, position = _integer(data, position)
    sides = []
    for _ in range(4):
        side, position = _integer(data, position)
        sides.append(side)
    count = int(np.prod(sides))
    end = position + 4 * count
    if version != _TENSOR_VERSION or end > len(data):
        raise ValueError(f"no tensor of dlib's at byte {name.end()}")
    return np.frombuffer(data, "<f4", count, position).astype(np.float32), end


def _integer(data: bytes, position: int) -> tuple[int, int]:
    """A number from 0 on, and where it ends: the count of its bytes, then those, lowest first."""
    head = data[position : position + 1] or b"\0"
    end = position + 1 + (head[0] & _BYTES)
    if head[0] & _NEGATIVE:
        raise ValueError(f"a negative number at byte {position}, where dlib writes none")
    return int.from_bytes(data[position + 1 : end], "little"), end
