"""The mini-XCEPTION network.

O. Arriaga et al., "Real-time Convolutional Neural Networks for Emotion and Gender Classification",
2017: residual blocks of depthwise separable convolutions (F. Chollet, "Xception", 2017), and global
average pooling over class maps in place of a dense layer. Three changes make it cheaper and better
on one core: the first convolution has stride 2, the blocks are wider, and the last blocks keep the
resolution and use an identity shortcut.
"""

from __future__ import annotations

import keras
from keras import layers

from serving.training.recipe import Network

CLASS_MAPS = "class_maps"
"""Name of the only layer whose shape depends on the classes."""


def mini_xception(network: Network, size: int, classes: int) -> keras.Model:
    """Builds a network from crops to logits.

    Args:
        network: Its shape.
        size: Side of the crops.
        classes: Number of class maps.

    Returns:
        A model from `(n, size, size, 1)` uint8 to `(n, classes)` float32 logits. Standardisation
        and class maps use float32 under every Keras dtype policy.
    """
    image = keras.Input((size, size, 1), dtype="uint8", name="image")
    x = _standardised(image)
    x = layers.Conv2D(network.stem, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.ReLU()(_normalised(x))
    for depth, channels in enumerate(network.widths):
        x = _block(x, channels, halve=depth < network.pooled_blocks)
    x = layers.SpatialDropout2D(network.dropout)(layers.ReLU()(x))
    maps = layers.Conv2D(classes, 1, name=CLASS_MAPS, dtype="float32")(x)
    logits = layers.GlobalAveragePooling2D(name="logits", dtype="float32")(maps)
    return keras.Model(image, logits)


def class_maps(model: keras.Model) -> keras.Model:
    """The same network up to its class maps, `(n, rows, columns, classes)`, not yet pooled."""
    return keras.Model(model.input, model.get_layer(CLASS_MAPS).output)


def keep_classes(model: keras.Model, classes: int) -> keras.Model:
    """The same network with its first `classes` class maps only."""
    layer = model.get_layer(CLASS_MAPS)
    fewer = layers.Conv2D(classes, 1, name=CLASS_MAPS)
    maps = fewer(layer.input)
    fewer.set_weights([weights[..., :classes] for weights in layer.get_weights()])
    return keras.Model(model.input, layers.GlobalAveragePooling2D(name="logits")(maps))


def average_mirrored(model: keras.Model) -> keras.Model:
    """The same network, averaged over a crop and its mirror image.

    A mirrored face has the same label, and two predictions err less than one, at twice the cost.
    """
    image = keras.Input(model.input.shape[1:], dtype="uint8", name="image")
    logits = [model(image), model(keras.ops.flip(image, axis=2))]
    return keras.Model(image, layers.Average(name="logits")(logits))


def _standardised(image: keras.KerasTensor) -> keras.KerasTensor:
    """Scales each image to mean 0 and variance 1, so that its brightness does not matter."""
    scaled = layers.Rescaling(1 / 127.5, offset=-1, dtype="float32")(image)
    standard = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False, dtype="float32")
    return standard(scaled)


def _block(x: keras.KerasTensor, channels: int, halve: bool) -> keras.KerasTensor:
    """Residual block: two separable convolutions, optional pooling, and a shortcut."""
    shortcut = _shortcut(x, channels, halve)
    x = _normalised(_separable(x, channels))
    x = _normalised(_separable(layers.ReLU()(x), channels))
    if halve:
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    return layers.Add()([x, shortcut])


def _shortcut(x: keras.KerasTensor, channels: int, halve: bool) -> keras.KerasTensor:
    # Pooling comes first (T. He et al., "Bag of Tricks for Image Classification", 2019), so that
    # all pixels count. It also avoids 1x1 convolutions with a stride: oneDNN computes their
    # gradient wrongly for some shapes.
    if halve:
        x = layers.AveragePooling2D(2, padding="same")(x)
    if x.shape[-1] != channels:
        x = _normalised(layers.Conv2D(channels, 1, use_bias=False)(x))
    return x


def _separable(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    return layers.SeparableConv2D(channels, 3, padding="same", use_bias=False)(x)


def _normalised(x: keras.KerasTensor) -> keras.KerasTensor:
    # A fast moving mean, since runs are short and the weights are averaged as well.
    return layers.BatchNormalization(momentum=0.95)(x)
