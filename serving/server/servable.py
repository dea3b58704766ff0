"""One version of a model, loaded and ready to answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from face_utils.model_spec import ModelSpec
from serving.server.batching import Batcher
from serving.server.network import Network
from serving.server.saved_model import (
    Signature,
    check_contract,
    default_signature,
    read_signatures,
)
from serving.tfs_protos import get_model_metadata_pb2


@dataclass(frozen=True)
class Servable:
    """A loaded version.

    Attributes:
        name: The model's name.
        version: The number of its folder.
        signatures: All that the SavedModel declares.
        signature: The one that is served.
        batcher: Runs it.
    """

    name: str
    version: int
    signatures: get_model_metadata_pb2.SignatureDefMap
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
    if spec is not None:
        check_contract(signature, spec)
    network = Network(folder, signature, threads)
    return Servable(name, version, signatures, signature, Batcher(network.run))
