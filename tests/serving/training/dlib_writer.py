"""Writes a network as dlib does, so that tests need neither dlib nor its weights."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from serving.training.recognition.network import recognition_network

SIZE = 104
"""Side of the crops; hardly any smaller ones are left after all halvings."""

Layer = tuple[str, NDArray[np.float32]]


def made_layers() -> list[Layer]:
    """For each convolution a kernel with biases of 0, then a scale and an offset per map."""
    rng, network = np.random.default_rng(3), recognition_network(SIZE, 2)
    kernels = [
        each.kernel.shape for each in network.layers if isinstance(each, keras.layers.Conv2D)
    ]
    return [each for shape in kernels for each in _convolution(rng, *shape)]


def write(layers: list[Layer], path: Path) -> Path:
    """Writes these layers, and the one that makes dlib's embedding."""
    embedding = written("fc_2", np.zeros(256 * 128), 128, 256)
    path.write_bytes(integer(1) + b"".join(written(*each) for each in layers) + embedding)
    return path


def written(name: str, values: NDArray[np.float64], *before: int) -> bytes:
    """A layer: some integers, its tensor, and what else it holds."""
    head = b"".join(map(integer, [*before, 2, len(values), 1, 1, 1]))
    return name.encode() + head + np.asarray(values, "<f4").tobytes() + integer(7)


def integer(value: int) -> bytes:
    """The count of a number's bytes, then those."""
    octets = value.to_bytes((value.bit_length() + 7) // 8 or 1, "little")
    return bytes([len(octets)]) + octets


def _convolution(rng, height: int, width: int, inputs: int, outputs: int) -> list[Layer]:
    colours = 3 if inputs == 1 else inputs
    spread = 1 / np.sqrt(colours * height * width)
    kernel = rng.normal(0, spread, outputs * colours * height * width)
    affine = [rng.uniform(0.5, 1.5, outputs), rng.normal(0, 0.1, outputs)]
    return [
        ("con_4", np.float32(np.append(kernel, np.zeros(outputs)))),
        ("affine_", np.float32(np.concatenate(affine))),
    ]
