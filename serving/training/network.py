"""The mini-XCEPTION family.

O. Arriaga et al., "Real-time Convolutional Neural Networks for Emotion and Gender Classification",
2017: residual blocks of depthwise separable convolutions (F. Chollet, "Xception", 2017), and global
average pooling over class maps in place of a dense layer. Two changes make it cheaper and better on
one core: the first convolution halves the picture, and the blocks are wider.
"""

from __future__ import annotations

import keras
from keras import layers

from serving.training.recipe import Network

CLASS_MAPS = "class_maps"
"""Name of the one layer whose shape depends on the classes."""


def mini_xception(network: Network, size: int, classes: int) -> keras.Model:
    """Builds a network from crops to logits.

    Args:
        network: Its shape.
        size: Side of the crops.
        classes: Number of class maps.

    Returns:
        A model from `(n, size, size, 1)` uint8 to `(n, classes)` float32 logits.
    """
    image = keras.Input((size, size, 1), dtype="uint8", name="image")
    x = _standardised(image)
    for depth, channels in enumerate(network.stem):
        x = _convolution(x, channels, strides=2 if depth == 0 else 1)
    for channels in network.widths[:-1]:
        x = _block(x, channels, strides=2)
    x = layers.ReLU()(_block(x, network.widths[-1], strides=1))
    x = layers.SpatialDropout2D(network.dropout)(x)
    maps = layers.Conv2D(classes, 1, name=CLASS_MAPS)(x)
    return keras.Model(image, layers.GlobalAveragePooling2D(name="logits")(maps))


def _standardised(image: keras.KerasTensor) -> keras.KerasTensor:
    """Each picture with mean 0 and variance 1, so that dim light and bright look alike."""
    scaled = layers.Rescaling(1 / 127.5, offset=-1)(image)
    return layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False)(scaled)


def _convolution(x: keras.KerasTensor, channels: int, strides: int) -> keras.KerasTensor:
    x = layers.Conv2D(channels, 3, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU()(_normalised(x))


def _block(x: keras.KerasTensor, channels: int, strides: int) -> keras.KerasTensor:
    """Two separable convolutions and a pooling, beside a plain way around them."""
    around = layers.Conv2D(channels, 1, strides=strides, padding="same", use_bias=False)(x)
    x = _normalised(_separable(x, channels))
    x = _normalised(_separable(layers.ReLU()(x), channels))
    if strides > 1:
        x = layers.MaxPooling2D(3, strides=strides, padding="same")(x)
    return layers.Add()([x, _normalised(around)])


def _separable(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    return layers.SeparableConv2D(channels, 3, padding="same", use_bias=False)(x)


def _normalised(x: keras.KerasTensor) -> keras.KerasTensor:
    # A quick running mean: runs are short, and the weights are averaged on top.
    return layers.BatchNormalization(momentum=0.95)(x)
