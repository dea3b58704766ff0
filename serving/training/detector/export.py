"""Exports trained weights as a SavedModel: `python -m serving.training.detector.export --help`.

Runs in the training environment, with TensorFlow and without PyTorch. Batch normalization is folded
into the convolutions.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from face_utils.detectors.landmark_network import SIDE
from serving.training.detector.landmark_layers import BLOCK_STRIDES

Weights = Mapping[str, NDArray[np.float32]]

_EPSILON = 1e-5
_PADDING = [[0, 0], [1, 1], [1, 1], [0, 0]]  # As PyTorch pads: TensorFlow's "SAME" differs.


class _FoldedNetwork(tf.Module):
    """Layers for inference, from the weights that a training saved."""

    def __init__(self, weights: Weights) -> None:
        super().__init__(name=type(self).__name__)
        self._weights = weights

    def _stem(self, image: tf.Tensor) -> tf.Tensor:
        kernel, bias = self._folded("stem", "stem_norm")
        kernel = kernel.transpose(2, 3, 1, 0)
        return tf.nn.relu(tf.nn.conv2d(image / 64.0 - 2.0, kernel, 2, _PADDING) + bias)

    def _block(self, maps: tf.Tensor, name: str, stride: int = 1, last: bool = False) -> tf.Tensor:
        depthwise = self._weights[f"{name}.depthwise.weight"].transpose(2, 3, 0, 1)
        kernel, bias = self._folded(f"{name}.pointwise", None if last else f"{name}.norm")
        padding = "SAME"
        if stride > 1:  # OpenVINO reads no depthwise convolution with other padding.
            maps, padding = tf.pad(maps, _PADDING), "VALID"
        maps = tf.nn.depthwise_conv2d(maps, depthwise, [1, stride, stride, 1], padding)
        maps = tf.nn.conv2d(maps, kernel.transpose(2, 3, 1, 0), 1, "VALID") + bias
        return maps if last else tf.nn.relu(maps)

    def _folded(self, convolution: str, norm: str | None) -> tuple[NDArray[np.float32], ...]:
        """Kernel and bias of a convolution with its batch normalization."""
        kernel = self._weights[f"{convolution}.weight"]
        if norm is None:
            return kernel, self._weights[f"{convolution}.bias"]
        gain, shift, mean, variance = (
            self._weights[f"{norm}.{name}"]
            for name in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(variance + _EPSILON)
        return kernel * scale[:, None, None, None], shift - mean * scale


class ExportedDetector(_FoldedNetwork):
    """`FaceNetwork` for inference.

    A call takes `image`, `(n, h, w, 3)` float32 in the order blue, green, red, 0 to 255, with sides
    divisible by 32. It returns one output per stride, `stride_8`, `stride_16` and `stride_32`,
    `(n, h / stride, w / stride, 15)`: the score's logit, box and landmarks.
    """

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.float32, "image")])
    def run(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns the maps of images."""
        maps = self._stem(image)
        for name, stride in (("stride_4.0", 2), ("stride_4.1", 1), ("stride_4.2", 1)):
            maps = self._block(maps, name, stride)
        sides = []
        for stage in range(3):
            maps = self._block(self._block(maps, f"stages.{stage}.0", 2), f"stages.{stage}.1")
            sides.append(maps)
        return self._heads(sides)

    def _heads(self, sides: list[tf.Tensor]) -> dict[str, tf.Tensor]:
        outputs, above = {}, None
        for index, (side, stride) in enumerate(zip(sides[::-1], (32, 16, 8), strict=True)):
            above = self._block(side if above is None else side + _double(above), f"necks.{index}")
            outputs[f"stride_{stride}"] = self._block(above, f"heads.{index}", last=True)
        return outputs


class ExportedLandmarks(_FoldedNetwork):
    """`LandmarkNetwork` for inference.

    A call takes `image`, `(n, 48, 48, 1)` float32 grey, 0 to 255, and returns `landmarks`,
    `(n, 8)`: right eye, left eye, nose and mouth, from -1 to 1 in the image.
    """

    @tf.function(input_signature=[tf.TensorSpec([None, SIDE, SIDE, 1], tf.float32, "image")])
    def run(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns the landmarks of faces."""
        maps = self._stem(image)
        for index, stride in enumerate(BLOCK_STRIDES):
            maps = self._block(maps, f"blocks.{index}", stride)
        # PyTorch flattens channel by channel, TensorFlow pixel by pixel.
        kernel, bias = self._weights["points.weight"], self._weights["points.bias"]
        rows = tf.reshape(tf.transpose(maps, [0, 3, 1, 2]), [-1, kernel.shape[1]])
        return {"landmarks": tf.matmul(rows, kernel.T) + bias}


def _double(maps: tf.Tensor) -> tf.Tensor:
    size = 2 * tf.shape(maps)[1:3]
    return tf.image.resize(maps, size, tf.image.ResizeMethod.NEAREST_NEIGHBOR)


def export(weights: Path, out: Path) -> None:
    """Writes a SavedModel.

    Args:
        weights: A `.npz` file of `train` or `train_landmarks`.
        out: Folder to write.
    """
    with np.load(weights) as arrays:
        tensors = {name: arrays[name] for name in arrays.files}
    kind = ExportedLandmarks if "points.weight" in tensors else ExportedDetector
    module = kind(tensors)
    tf.saved_model.save(module, str(out), signatures={"serving_default": module.run})


def main() -> None:
    """Reads the command line and exports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="a file of `train` or `train_landmarks`")
    parser.add_argument("out", type=Path, help="folder of the SavedModel")
    arguments = parser.parse_args()
    export(arguments.weights, arguments.out)


if __name__ == "__main__":
    main()
