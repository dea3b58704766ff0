from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from serving.server.predict_request import MAX_ROWS
from tests.serving.reference import get_model_metadata_pb2, types_pb2

IMAGE = {"image": np.zeros((1, 16, 16, 1), np.uint8)}


@pytest.mark.parametrize("name", ["mood", "years"])
def test_predict_responds_like_tensorflow(client, expected_outputs, name):
    inputs, expected = expected_outputs(name)

    given = client.outputs(name, inputs)

    assert given.keys() == expected.keys()
    for output, array in expected.items():
        np.testing.assert_allclose(given[output], array, rtol=0, atol=1e-3)


def test_predict_says_who_answered(client):
    spec = client.predict("mood", IMAGE).model_spec

    assert (spec.name, spec.version.value, spec.signature_name) == ("mood", 1, "serving_default")


def test_predict_reads_typed_values_too(client, expected_outputs):
    inputs, expected = expected_outputs("mood")
    request = client.request("mood", {"image": inputs["image"][:1]})
    tensor = request.inputs["image"]
    tensor.int_val.extend(tensor.tensor_content)
    tensor.ClearField("tensor_content")

    response = client.prediction.Predict(request)

    probabilities = np.frombuffer(response.outputs["probabilities"].tensor_content, "<f4")
    np.testing.assert_allclose(probabilities, expected["probabilities"][0], rtol=0, atol=1e-3)


def test_the_output_filter_picks_outputs(client):
    assert client.outputs("years", IMAGE, ["high", "low"]).keys() == {"high", "low"}


def test_an_empty_batch_has_empty_outputs(client):
    outputs = client.outputs("mood", {"image": IMAGE["image"][:0]})

    assert outputs["probabilities"].shape == (0, 3)


def test_a_large_batch_gets_a_response_whole(client):
    image = np.zeros((MAX_ROWS, 16, 16, 1), np.uint8)

    assert client.outputs("years", {"image": image}, ["years"])["years"].shape == (MAX_ROWS,)


def test_concurrent_callers_get_their_own_outputs(client, expected_outputs):
    inputs, expected = expected_outputs("mood")

    def ask(row):
        image = {"image": inputs["image"][row : row + 1]}
        return [client.outputs("mood", image)["probabilities"][0] for _ in range(20)]

    with ThreadPoolExecutor(16) as pool:
        for row, given in enumerate(pool.map(ask, range(16))):
            wanted = np.tile(expected["probabilities"][row], (20, 1))
            np.testing.assert_allclose(given, wanted, rtol=0, atol=1e-3)


def test_a_new_version_responds_without_a_restart(
    serve, repository, models, samples, expected_outputs
):
    client = serve(repository)
    shutil.copytree(samples / "models/mood/2", models / "mood/2")
    repository.poll()
    repository.poll()
    inputs, expected = expected_outputs("mood", 2)

    given = client.outputs("mood", inputs)["probabilities"]

    np.testing.assert_allclose(given, expected["probabilities"], rtol=0, atol=1e-3)
    assert client.predict("mood", IMAGE).model_spec.version.value == 2


def test_metadata_describes_the_signature(client):
    response = client.metadata("years")
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    served = signatures.signature_def["serving_default"]

    assert (response.model_spec.name, response.model_spec.version.value) == ("years", 1)
    assert served.inputs["image"].dtype == types_pb2.DT_UINT8
    assert [dim.size for dim in served.inputs["image"].tensor_shape.dim] == [-1, 16, 16, 1]
    assert set(served.outputs) == {"years", "low", "high"}
