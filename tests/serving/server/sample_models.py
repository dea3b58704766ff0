"""Writes small SavedModels in the contract's form, and TensorFlow's outputs of them.

Run as `python sample_models.py FOLDER [SAVED_MODEL ...]` in a process of its own, so that the tests
themselves never hold TensorFlow. Below FOLDER:

    models/mood/1, models/mood/2    probabilities (n, 3) of 16x16 images, with different weights
    models/years/1                  years, low, high (n,) of 16x16 images
    odd/unnamed                     a SavedModel without `serving_default`
    odd/fixed                       one with a fixed batch size
    expected_outputs/*.npz          `image` and each output of every model above and of all others
                                    that are named, keyed by the folder's last two names
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from serving.protos import tensor_pb2  # before TensorFlow: one process must be able to hold both
from serving.tensors import decode

import tensorflow as tf  # isort: skip

SIZE = 16
ROWS = 20


class SampleModel(tf.Module):
    def __init__(self, seed: int, outputs: int) -> None:
        super().__init__()
        draw = np.random.default_rng(seed).normal
        self.kernel = tf.Variable(draw(0, 0.3, (3, 3, 1, 4)).astype("f4"))
        self.weights = tf.Variable(draw(0, 1.0, (4, outputs)).astype("f4"))

    def logits(self, image: tf.Tensor) -> tf.Tensor:
        scaled = tf.cast(image, tf.float32) / 64.0
        features = tf.nn.relu(tf.nn.conv2d(scaled, self.kernel, 2, "SAME"))
        return tf.reduce_mean(features, [1, 2]) @ self.weights

    def mood(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probabilities": tf.nn.softmax(self.logits(image))}

    def years(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        low, step, more = tf.unstack(tf.nn.softplus(self.logits(image)), axis=1)
        return {"years": low + step, "low": low, "high": low + step + more}


def save(
    model: SampleModel, method: str, folder: Path, rows: int | None = None, name: str = ""
) -> None:
    image = tf.TensorSpec((rows, SIZE, SIZE, 1), tf.uint8, name="image")
    function = tf.function(getattr(model, method), input_signature=[image])
    signatures = {name or "serving_default": function.get_concrete_function()}
    tf.saved_model.save(model, str(folder), signatures=signatures)


def write_outputs(saved_model: Path, target: Path) -> None:
    serve = tf.saved_model.load(str(saved_model)).signatures["serving_default"]
    (image,) = serve.structured_input_signature[1].values()
    noise = np.random.default_rng(7).integers(0, 256, (ROWS, *image.shape[1:]))
    pixels = (noise * np.linspace(0.1, 1, ROWS).reshape(-1, 1, 1, 1)).astype("u1")
    outputs = {name: value.numpy() for name, value in serve(image=tf.constant(pixels)).items()}
    np.savez(target, image=pixels, **outputs)


def main(target: Path, others: list[Path]) -> None:
    models = target / "models"
    for seed in (1, 2):
        save(SampleModel(seed, 3), "mood", models / "mood" / str(seed))
    save(SampleModel(3, 3), "years", models / "years" / "1")
    save(SampleModel(4, 3), "mood", target / "odd" / "unnamed", name="other")
    save(SampleModel(5, 3), "mood", target / "odd" / "fixed", rows=1)
    (target / "expected_outputs").mkdir()
    for folder in [*models.glob("*/*"), *others]:
        file = target / "expected_outputs" / f"{folder.parent.name}-{folder.name}.npz"
        write_outputs(folder, file)


if __name__ == "__main__":
    message = tf.make_tensor_proto([1.0])
    ours = tensor_pb2.TensorProto.FromString(message.SerializeToString())
    assert decode(ours).tolist() == [1.0], "TensorFlow's messages are not read as ours"
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
