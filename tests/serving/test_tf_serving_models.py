"""TensorFlow reads every SavedModel that ships, and the warm-up requests in it."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from serving.contract import MODELS, SIGNATURE, load_contract

# Keras 3 reads its variables in a way that numpy 2 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

VERSIONS = sorted(path for path in MODELS.glob("*/*") if path.name.isdecimal())
REQUESTS = "assets.extra/tf_serving_warmup_requests"


def signature(folder):
    loaded = tf.saved_model.load(str(folder))
    return loaded, loaded.signatures[SIGNATURE]


def warm_up_requests(folder):
    """The requests, as TensorFlow Serving reads them."""
    records = tf.data.TFRecordDataset(str(folder / REQUESTS))
    logs = [prediction_log_pb2.PredictionLog.FromString(record.numpy()) for record in records]
    return [log.predict_log.request for log in logs]


def named(folder):
    return "-".join(folder.parts[-2:])


def test_every_model_of_the_contract_ships():
    assert {folder.parent.name for folder in VERSIONS} == set(load_contract())


@pytest.mark.parametrize("folder", VERSIONS, ids=named)
def test_tensorflow_answers_as_the_contract_has_it(folder):
    spec = load_contract()[folder.parent.name]
    _loaded, answer = signature(folder)
    outputs = answer(image=tf.zeros((3, spec.size, spec.size, 1), tf.uint8))
    for name in spec.outputs:
        assert len(outputs[name]) == 3
        assert np.isfinite(outputs[name].numpy()).all()


@pytest.mark.parametrize("folder", VERSIONS, ids=named)
def test_tensorflow_answers_the_warm_up_requests(folder):
    _loaded, answer = signature(folder)
    requests = warm_up_requests(folder)
    assert requests
    for request in requests:
        assert request.model_spec.name == folder.parent.name
        assert request.model_spec.signature_name == SIGNATURE
        inputs = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
        answers = answer(**{name: tf.constant(array) for name, array in inputs.items()})
        assert {len(values) for values in answers.values()} == {len(inputs["image"])}
