"""Warm-up requests that TensorFlow Serving runs when it loads a model.

Without them the first caller waits while the runtime builds its kernels. TensorFlow Serving defines
the name and format of the file ("SavedModel Warmup" in its documentation).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from face_utils.model_spec import ModelSpec
from serving.contract import INPUT_NAME, SIGNATURE

REQUESTS = Path("assets.extra") / "tf_serving_warmup_requests"
BATCHES = (1, 4, 16)


def write_warmup(spec: ModelSpec, folder: Path) -> None:
    """Writes one Predict request per batch size into a SavedModel folder."""
    path = folder / REQUESTS
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for batch in BATCHES:
            writer.write(_log(_request(spec, batch)).SerializeToString())


def _request(spec: ModelSpec, batch: int) -> predict_pb2.PredictRequest:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = spec.name
    request.model_spec.signature_name = SIGNATURE
    crops = np.zeros((batch, spec.size, spec.size, 1), dtype=np.uint8)
    request.inputs[INPUT_NAME].CopyFrom(tf.make_tensor_proto(crops))
    return request


def _log(request: predict_pb2.PredictRequest) -> prediction_log_pb2.PredictionLog:
    log = prediction_log_pb2.PredictLog(request=request)
    return prediction_log_pb2.PredictionLog(predict_log=log)
