"""`tensorflow.serving.PredictionService`: Predict and GetModelMetadata.

Classify, Regress and MultiInference take `tf.Example` messages, which no model here reads. gRPC
refuses them with UNIMPLEMENTED. Error messages are those of TensorFlow Serving's
`tensorflow_serving/model_servers/server_core.cc` and
`tensorflow_serving/servables/tensorflow/get_model_metadata_impl.cc`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import grpc

from serving.contract import SIGNATURE
from serving.model_metadata import SIGNATURE_FIELD
from serving.protos import get_model_metadata_pb2, predict_pb2
from serving.protos.services import PREDICTION_SERVICE
from serving.server.predict_request import check_output_filter, pick_outputs, read_inputs
from serving.server.repository import Repository
from serving.server.rpc import IsActive, invalid, not_found, unary
from serving.server.servable import Servable
from serving.tensors import encode


def prediction_service(repository: Repository) -> grpc.GenericRpcHandler[Any, Any]:
    """Builds the service that runs the models of a repository."""
    return grpc.method_handlers_generic_handler(
        PREDICTION_SERVICE,
        {
            "Predict": unary(partial(_predict, repository), predict_pb2.PredictRequest),
            "GetModelMetadata": unary(
                partial(_metadata, repository), get_model_metadata_pb2.GetModelMetadataRequest
            ),
        },
    )


def _predict(
    repository: Repository, request: predict_pb2.PredictRequest, is_active: IsActive
) -> predict_pb2.PredictResponse:
    servable = _find(repository, request)
    signature = request.model_spec.signature_name or SIGNATURE
    if signature != SIGNATURE:
        raise invalid(f'Serving signature key "{signature}" not found.')
    check_output_filter(request.output_filter, servable.signature.outputs)
    inputs = read_inputs(request.inputs, servable.signature.inputs)
    outputs = pick_outputs(servable.batcher.run(inputs, is_active), request.output_filter)
    response = predict_pb2.PredictResponse(
        model_spec=servable.metadata.model_spec,
        outputs={name: encode(array) for name, array in outputs.items()},
    )
    response.model_spec.signature_name = signature
    return response


def _metadata(
    repository: Repository,
    request: get_model_metadata_pb2.GetModelMetadataRequest,
    _is_wanted: IsActive,
) -> get_model_metadata_pb2.GetModelMetadataResponse:
    if not request.metadata_field:
        raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
    for field in request.metadata_field:
        if field != SIGNATURE_FIELD:
            raise invalid(f"Metadata field {field} is not supported")
    return _find(repository, request).metadata


def _find(repository: Repository, request: Any) -> Servable:
    """Finds the loaded version for a request's `model_spec`."""
    spec = request.model_spec
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")
    if not spec.name:
        raise invalid("Missing ModelSpec: ModelSpec has no name specified.")
    if spec.HasField("version_label"):
        raise invalid(
            "ModelSpec has 'version_label' set, but it is not currently allowed by the server."
        )
    version = spec.version.value if spec.HasField("version") else None
    servable = repository.servable(spec.name, version)
    if servable is None:
        wanted = f"Latest({spec.name})" if version is None else f"Specific({spec.name}, {version})"
        raise not_found(f"Servable not found for request: {wanted}")
    return servable
