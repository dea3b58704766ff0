"""Servable: one loaded version of a model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from face_utils.model_spec import ModelSpec
from serving.contract_check import contract_violations
from serving.model_metadata import pack_signatures
from serving.protos import get_model_metadata_pb2
from serving.server.batching import Batcher
from serving.server.monitoring import observe_runs
from serving.server.openvino_model import OpenVinoModel
from serving.server.saved_model import (
    InvalidModelError,
    Signature,
    default_signature,
    read_signatures,
)


@dataclass(frozen=True)
class Servable:
    """A loaded version.

    Attributes:
        metadata: Signatures of the SavedModel, with the model's name and version.
        signature: The signature that is served.
        batcher: Runs the model.
    """

    metadata: get_model_metadata_pb2.GetModelMetadataResponse
    signature: Signature
    batcher: Batcher


def load_servable(
    name: str, version: int, folder: Path, spec: ModelSpec | None = None, threads: int = 1
) -> Servable:
    """Loads a SavedModel folder and runs it once.

    Raises:
        InvalidModelError: It cannot be served, or does not match its contract `spec`.
    """
    signatures = read_signatures(folder)
    signature = default_signature(signatures)
    metadata = get_model_metadata_pb2.GetModelMetadataResponse()
    metadata.model_spec.name = name
    metadata.model_spec.version.value = version
    pack_signatures(metadata, signatures)
    if spec and (violations := contract_violations(spec, metadata)):
        raise InvalidModelError("; ".join(violations))
    network = OpenVinoModel(folder, signature, threads)
    return Servable(metadata, signature, Batcher(observe_runs(name, network.run)))
