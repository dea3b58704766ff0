"""`tensorflow.serving.ModelService`: GetModelStatus.

HandleReloadConfigRequest is UNIMPLEMENTED, since the server follows the models' folders. Error
messages are those of TensorFlow Serving, from
`tensorflow_serving/model_servers/get_model_status_impl.cc`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import grpc

from serving.protos import get_model_status_pb2
from serving.protos.get_model_status_pb2 import Code
from serving.protos.services import MODEL_SERVICE
from serving.server.repository import Repository, Version
from serving.server.rpc import IsActive, invalid, not_found, unary


def model_service(repository: Repository) -> grpc.GenericRpcHandler[Any, Any]:
    """Builds the service that reports the state of a repository's models."""
    return grpc.method_handlers_generic_handler(
        MODEL_SERVICE,
        {
            "GetModelStatus": unary(
                partial(model_status, repository), get_model_status_pb2.GetModelStatusRequest
            )
        },
    )


def model_status(
    repository: Repository,
    request: get_model_status_pb2.GetModelStatusRequest,
    _is_wanted: IsActive = lambda: True,
) -> get_model_status_pb2.GetModelStatusResponse:
    """Returns the state of each version of a model, or of one version.

    Raises:
        RequestError: The model or version does not exist.
    """
    spec = request.model_spec
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")
    versions = repository.versions(spec.name)
    if spec.HasField("version"):
        number = spec.version.value
        if number not in versions:
            raise not_found(f"Could not find version {number} of model {spec.name}")
        versions = {number: versions[number]}
    if not versions:
        raise not_found(f"Could not find any versions of model {spec.name}")
    newest_first = sorted(versions.values(), key=lambda version: version.number, reverse=True)
    return get_model_status_pb2.GetModelStatusResponse(
        model_version_status=[_version_status(version) for version in newest_first]
    )


def _version_status(version: Version) -> get_model_status_pb2.ModelVersionStatus:
    code = Code.UNKNOWN if version.error else Code.OK
    return get_model_status_pb2.ModelVersionStatus(
        version=version.number,
        state=version.state,
        status=get_model_status_pb2.StatusProto(error_code=code, error_message=version.error),
    )
