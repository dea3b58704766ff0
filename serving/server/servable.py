"""One version of a model, loaded and ready to answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from face_utils.model_spec import ModelSpec
from serving.contract_check import contract_violations
from serving.model_metadata import pack_signatures
from serving.protos import get_model_metadata_pb2
from serving.server.batching import Batcher
from serving.server.monitoring import observe_runs
from serving.server.openvino_model import Network
from serving.server.saved_model import (
    Signature,
    UnfitModelError,
    default_signature,
    read_signatures,
)


@dataclass(frozen=True)
class Servable:
    """A loaded version.

    Attributes:
        metadata: What the SavedModel declares, with the model's name and the number of its folder.
        signature: The signature that is served.
        batcher: Runs it.
    """

    metadata: get_model_metadata_pb2.GetModelMetadataResponse
    signature: Signature
    batcher: Batcher


def load_servable(
    name: str, version: int, folder: Path, spec: ModelSpec | None = None, threads: int = 1
) -> Servable:
    """Loads a SavedModel folder and tries it once.

    Raises:
        UnfitModelError: It cannot be served, or is not what its contract `spec` says.
    """
    signatures = read_signatures(folder)
    signature = default_signature(signatures)
    metadata = get_model_metadata_pb2.GetModelMetadataResponse()
    metadata.model_spec.name = name
    metadata.model_spec.version.value = version
    pack_signatures(metadata, signatures)
    if spec and (violations := contract_violations(spec, metadata)):
        raise UnfitModelError("; ".join(violations))
    network = Network(folder, signature, threads)
    return Servable(metadata, signature, Batcher(observe_runs(name, network.run)))
