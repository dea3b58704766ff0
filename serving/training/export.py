"""Exports a trained model as the SavedModel that the contract describes.

python -m serving.training.export emotion
"""

from __future__ import annotations

import shutil
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from face_utils.model_spec import ModelSpec
from serving.contract import INPUT_NAME, SIGNATURE
from serving.training.calibration import Calibration
from serving.training.commands import Arguments, build_parser, open_job
from serving.training.history import build_history
from serving.training.job import Job
from serving.training.network import class_maps
from serving.training.runtimes import run_openvino, run_tensorflow
from serving.training.warmup import write_warmup

VERSION = "1"
ACTIVATION = "activation"
TOLERANCE = 1e-3
_CHECKED_CROPS = 16


def export(spec: ModelSpec, model: keras.Model, calibration: Calibration, folder: Path) -> None:
    """Writes the SavedModel, from uint8 crops to named outputs, and replaces an older one.

    `activation`, `(n, rows, columns, classes)`, is the evidence for each class at each place in the
    crop. Its mean over the places gives the logits.
    """
    with_maps = class_maps(model)
    crops = tf.TensorSpec((None, spec.size, spec.size, 1), tf.uint8, name=INPUT_NAME)

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        maps = with_maps(image, training=False)
        return {ACTIVATION: maps} | model_outputs(
            spec, tf.reduce_mean(maps, axis=(1, 2)), calibration
        )

    signature = tf.function(serve, input_signature=[crops])
    shutil.rmtree(folder, ignore_errors=True)
    # A plain module, since Keras's own export writes every weight twice.
    module = tf.Module()
    module.weights = [variable.value for variable in model.variables]
    tf.saved_model.save(module, str(folder), signatures={SIGNATURE: signature})
    write_warmup(spec, folder)


def model_outputs(
    spec: ModelSpec, logits: tf.Tensor, calibration: Calibration
) -> dict[str, tf.Tensor]:
    """Computes the outputs of the contract from logits `(n, k)`."""
    probabilities = tf.nn.softmax(logits / calibration.temperature)
    if spec.kind == "classification":
        return {"probabilities": probabilities}
    levels = {spec.unit: 0.5, "low": calibration.tail, "high": 1 - calibration.tail}
    values = {name: _quantile(probabilities, level) for name, level in levels.items()}
    return {"probabilities": probabilities, **values}


def _quantile(probabilities: tf.Tensor, level: float) -> tf.Tensor:
    """`prediction.quantile` in TensorFlow, with negative ages clipped to 0."""
    below = tf.cumsum(probabilities, axis=1, exclusive=True)
    shares = (level - below) / tf.maximum(probabilities, 1e-9)
    return tf.nn.relu(tf.reduce_sum(tf.clip_by_value(shares, 0.0, 1.0), axis=1) - 0.5)


def check(spec: ModelSpec, folder: Path) -> float:
    """Compares the outputs of OpenVINO and TensorFlow on random crops.

    Returns:
        The largest difference over all outputs.

    Raises:
        ValueError: The difference is larger than `TOLERANCE`.
    """
    shape = (_CHECKED_CROPS, spec.size, spec.size, 1)
    crops = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    runtimes = tqdm((run_tensorflow, run_openvino), desc=f"checking {spec.name}", unit="runtime")
    ours, theirs = (run(folder, crops) for run in runtimes)
    worst = max(float(np.abs(ours[name] - theirs[name]).max()) for name in ours)
    if not worst <= TOLERANCE:
        raise ValueError(
            f"{folder}: OpenVINO and TensorFlow differ by {worst:.2g}, more than {TOLERANCE}."
        )
    return worst


def run(job: Job) -> None:
    """Exports the trained model with its calibration and history, and checks the result."""
    folder, history = job.models / job.spec.name / VERSION, build_history(job)
    export(job.spec, job.export_network(), history.calibration, folder)
    history.save(folder)
    difference = check(job.spec, folder)
    print(f"{folder}: OpenVINO and TensorFlow differ by {difference:.1e}")


def main(arguments: Arguments = None) -> None:
    """Runs the command."""
    run(open_job(build_parser(__doc__).parse_args(arguments)))


if __name__ == "__main__":
    main()
