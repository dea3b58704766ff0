"""The client against a server made of TensorFlow Serving's own messages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc
import numpy as np
import pytest

from tests.serving.reference import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    types_pb2,
)
from tests.support.model_specs import classification

MOOD = classification()
VERSION = 3
PROBABILITIES = [[0.25, 0.75], [0.5, 0.5]]


class ReferenceServer(
    prediction_service_pb2_grpc.PredictionServiceServicer,
    model_service_pb2_grpc.ModelServiceServicer,
):
    """One model, `mood`, in version 3."""

    requests: list[predict_pb2.PredictRequest]

    def __init__(self):
        self.requests = []

    def GetModelStatus(self, request, context):  # noqa: N802
        state = get_model_status_pb2.ModelVersionStatus.AVAILABLE
        statuses = [get_model_status_pb2.ModelVersionStatus(version=VERSION, state=state)]
        return get_model_status_pb2.GetModelStatusResponse(model_version_status=statuses)

    def GetModelMetadata(self, request, context):  # noqa: N802
        signatures = get_model_metadata_pb2.SignatureDefMap()
        definition = signatures.signature_def["serving_default"]
        _describe(definition.inputs["image"], types_pb2.DT_UINT8, -1, 48, 48, 1)
        _describe(definition.outputs["probabilities"], types_pb2.DT_FLOAT, -1, 2)
        response = get_model_metadata_pb2.GetModelMetadataResponse(model_spec=request.model_spec)
        response.metadata["signature_def"].Pack(signatures)
        return response

    def Predict(self, request, context):  # noqa: N802
        self.requests.append(request)
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = VERSION
        output = response.outputs["probabilities"]
        output.dtype = types_pb2.DT_FLOAT
        output.float_val.extend(np.ravel(PROBABILITIES))
        for size in np.shape(PROBABILITIES):
            output.tensor_shape.dim.add(size=size)
        return response


def _describe(info, dtype, *sizes):
    info.dtype = dtype
    for size in sizes:
        info.tensor_shape.dim.add(size=size)


@pytest.fixture
def reference():
    """A running reference server, with its `port`."""
    servicer = ReferenceServer()
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(servicer, server)
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(servicer, server)
    servicer.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield servicer
    server.stop(0).wait()


def test_the_client_finds_a_model_and_asks_it(reference, connect):
    client = connect(f"127.0.0.1:{reference.port}", models=(MOOD,)).watch().until_all_available()
    crops = np.arange(2 * 48 * 48, dtype=np.uint8).reshape(2, 48, 48)

    outcome = client.ask(crops, MOOD)

    assert outcome.version == VERSION
    np.testing.assert_array_equal(outcome.outputs["probabilities"], PROBABILITIES)
    (request,) = reference.requests
    assert request.model_spec.name == "mood"
    assert request.model_spec.signature_name == "serving_default"
    assert list(request.output_filter) == ["probabilities"]
    image = request.inputs["image"]
    assert image.dtype == types_pb2.DT_UINT8
    assert [dim.size for dim in image.tensor_shape.dim] == [2, 48, 48, 1]
    assert image.tensor_content == crops.tobytes()
