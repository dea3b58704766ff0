"""A fake model server whose models a test defines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import grpc
import numpy as np

from serving.model_metadata import pack_signatures
from serving.protos import get_model_metadata_pb2, get_model_status_pb2, predict_pb2, tensor_pb2
from serving.protos.services import MODEL_SERVICE, PREDICTION_SERVICE
from serving.tensors import encode

TIMEOUT_SECONDS = 20
State = get_model_status_pb2.ModelVersionStatus


class Server:
    """A model server whose models are what the test says."""

    def __init__(self, port=0):
        self.versions = {"mood": {1: State.AVAILABLE}, "age": {1: State.AVAILABLE}}
        self.labels = {}
        self.crop_size = 48
        self.outputs = {
            "probabilities": np.tile(np.array([0.25, 0.75], np.float32), (3, 1)),
            "years": np.array([20, 30, 40], np.float32),
            "low": np.array([15, 25, 35], np.float32),
            "high": np.array([25, 35, 45], np.float32),
            "activation": np.arange(3 * 2 * 2 * 2, dtype=np.float32).reshape(3, 2, 2, 2),
        }
        self.requests = []
        self.asked_for_status = []
        self.error = None
        self.go_on = Event()
        self.go_on.set()
        self._server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers(self._services())
        self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    def _services(self):
        predictions = {
            "Predict": _method(self.predict, predict_pb2.PredictRequest),
            "GetModelMetadata": _method(
                self.get_model_metadata, get_model_metadata_pb2.GetModelMetadataRequest
            ),
        }
        statuses = {
            "GetModelStatus": _method(
                self.get_model_status, get_model_status_pb2.GetModelStatusRequest
            ),
        }
        return (
            grpc.method_handlers_generic_handler(PREDICTION_SERVICE, predictions),
            grpc.method_handlers_generic_handler(MODEL_SERVICE, statuses),
        )

    def stop(self):
        self.go_on.set()
        self._server.stop(0).wait()

    def get_model_status(self, request, context):
        name = request.model_spec.name
        self.asked_for_status.append(name)
        if name not in self.versions:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Could not find model {name}")
        return get_model_status_pb2.GetModelStatusResponse(
            model_version_status=[
                State(version=version, state=state)
                for version, state in self.versions[name].items()
            ]
        )

    def get_model_metadata(self, request, context):
        signatures = get_model_metadata_pb2.SignatureDefMap()
        definition = signatures.signature_def["serving_default"]
        _describe(definition.inputs["image"], tensor_pb2.DT_UINT8, -1, *2 * [self.crop_size], 1)
        for name, array in self.outputs.items():
            _describe(definition.outputs[name], tensor_pb2.DT_FLOAT, -1, *array.shape[1:])
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.version.value = self._version(request.model_spec, context)
        pack_signatures(response, signatures)
        return response

    def predict(self, request, context):
        self.requests.append(request)
        self.go_on.wait(TIMEOUT_SECONDS)
        if self.error:
            context.abort(*self.error)
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = self._version(request.model_spec, context)
        for name in set(request.output_filter) & set(self.outputs):
            response.outputs[name].CopyFrom(encode(self.outputs[name]))
        return response

    def _version(self, spec, context):
        if spec.HasField("version"):
            return spec.version.value
        if not spec.HasField("version_label"):
            return max(self.versions[spec.name])
        if spec.version_label not in self.labels:
            message = f"Unrecognized servable version label: {spec.version_label}"
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, message)
        return self.labels[spec.version_label]


def _method(method, request):
    return grpc.unary_unary_rpc_method_handler(
        method,
        request_deserializer=request.FromString,
        response_serializer=lambda response: response.SerializeToString(),
    )


def _describe(info, dtype, *shape):
    info.dtype = dtype
    for size in shape:
        info.tensor_shape.dim.add(size=size)
