"""The network that teaches: larger than its pupils, and it has seen faces before.

It starts from dlib's face recognition network (D. King, "High Quality Face Recognition with Deep
Metric Learning", 2017; in the public domain by CC0), which learned on three million faces to tell
people apart: residual blocks of plain convolutions (K. He et al., "Deep Residual Learning for Image
Recognition", 2016). It learns here what its pupils learn, and is never exported.
"""

from __future__ import annotations

import keras
from keras import layers

STEM = 32
WIDTHS = (32, 32, 32, 64, 64, 64, 64, 128, 128, 128, 256, 256, 256, 256)
"""Channels of the residual blocks."""

HALVING = (3, 7, 10, 13)
"""Blocks that halve the picture."""

CONTRAST = 0.23
"""Typical standard deviation of the pictures that dlib showed to its network."""

DROPPED_BLOCKS, DROPOUT = 0.1, 0.2
"""Chance that the last block is left out, which rises from 0 at the first (G. Huang et al., "Deep
Networks with Stochastic Depth", 2016), and share of features that are."""


def recognition_network(size: int, classes: int) -> keras.Model:
    """The network of dlib for grey crops, with untrained class logits in place of its embedding.

    Args:
        size: Side of the crops, at least 103; dlib's were of 150 pixels.
        classes: Number of logits.

    Returns:
        A model from `(n, size, size, 1)` uint8 to `(n, classes)` float32 logits.
    """
    image = keras.Input((size, size, 1), dtype="uint8", name="image")
    x = _standardised(image)
    x = layers.ReLU()(_normalised(layers.Conv2D(STEM, 7, strides=2, use_bias=False)(x)))
    x = layers.MaxPooling2D(3, strides=2)(x)
    for depth, channels in enumerate(WIDTHS):
        x = _halving(x, channels) if depth in HALVING else _block(x, depth)
    x = layers.GlobalAveragePooling2D(dtype="float32")(x)
    x = layers.Dropout(DROPOUT, dtype="float32")(x)
    return keras.Model(image, layers.Dense(classes, name="logits", dtype="float32")(x))


def _standardised(image: keras.KerasTensor) -> keras.KerasTensor:
    x = layers.Rescaling(1 / 127.5, offset=-1, dtype="float32")(image)
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False, dtype="float32")(x)
    return layers.Rescaling(CONTRAST, dtype="float32")(x)


def _block(x: keras.KerasTensor, depth: int) -> keras.KerasTensor:
    channels = WIDTHS[depth]
    y = layers.ReLU()(_normalised(layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)))
    y = _normalised(layers.Conv2D(channels, 3, padding="same", use_bias=False)(y))
    dropped = DROPPED_BLOCKS * depth / len(WIDTHS)
    y = layers.Dropout(dropped, noise_shape=(None, 1, 1, 1))(y)
    return layers.ReLU()(layers.Add()([x, y]))


def _halving(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """A block whose way around has half the channels at most; what it lacks is 0."""
    y = layers.ReLU()(_normalised(layers.Conv2D(channels, 3, strides=2, use_bias=False)(x)))
    y = _normalised(layers.Conv2D(channels, 3, padding="same", use_bias=False)(y))
    around = layers.AveragePooling2D(2)(x)
    short = around.shape[1] - y.shape[1]
    y = layers.ZeroPadding2D(((0, short), (0, short)))(y)
    around = keras.ops.pad(around, ((0, 0), (0, 0), (0, 0), (0, channels - around.shape[-1])))
    return layers.ReLU()(layers.Add()([around, y]))


def _normalised(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.BatchNormalization(momentum=0.98, epsilon=1e-5)(x)
