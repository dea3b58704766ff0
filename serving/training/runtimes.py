"""Runs a SavedModel in the two runtimes that serve it: TensorFlow and OpenVINO."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from serving.contract import INPUT_NAME, SIGNATURE
from serving.training.prediction import Outputs

_BATCH = 256


def run_tensorflow(folder: Path, crops: NDArray[np.uint8]) -> Outputs:
    """Runs a SavedModel on crops `(n, size, size, 1)` with TensorFlow."""
    endpoint = tf.saved_model.load(str(folder)).signatures[SIGNATURE]
    parts = [
        endpoint(**{INPUT_NAME: tf.constant(crops[start : start + _BATCH])})
        for start in range(0, len(crops), _BATCH)
    ]
    return {name: np.concatenate([part[name].numpy() for part in parts]) for name in parts[0]}


def run_openvino(folder: Path, crops: NDArray[np.uint8]) -> Outputs:
    """Runs a SavedModel on crops with the runtime of the embedded server."""
    model = openvino_model(folder)
    parts = [
        model({INPUT_NAME: crops[start : start + _BATCH]}) for start in range(0, len(crops), _BATCH)
    ]
    return {
        output.get_any_name(): np.concatenate([part[output] for part in parts])
        for output in model.outputs
    }


def openvino_model(folder: Path) -> Any:
    """Compiles a SavedModel for one thread, as the embedded server does."""
    from face_utils.quiet_openvino import openvino

    core = openvino.Core()
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    return core.compile_model(core.read_model(folder), "CPU", options)
