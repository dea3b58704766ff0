"""Reads a SavedModel folder: its signatures, inputs and outputs.

Source of the layout: tensorflow/tensorflow `tensorflow/core/protobuf/saved_model.proto` and
`meta_graph.proto`.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from serving.contract import SIGNATURE
from serving.protos import get_model_metadata_pb2, saved_model_pb2
from serving.tensors import dtype_name

MAX_GRAPH_BYTES = 64 * 1024 * 1024
MAX_FILE_BYTES = 512 * 1024 * 1024
"""Limit of a file of variables; those of Mien's models are under 1 MiB."""

_SERVING_TAG = "serve"


class InvalidModelError(ValueError):
    """A SavedModel that cannot be served; the message tells the operator why."""


@dataclass(frozen=True)
class Port:
    """An input or output of a signature.

    Attributes:
        dtype: Type as a TensorFlow `DataType`.
        shape: Sizes, -1 where any size is allowed.
    """

    dtype: int
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{dtype_name(self.dtype)} {list(self.shape)}"


@dataclass(frozen=True)
class Signature:
    """Inputs and outputs of `serving_default` by name."""

    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]


def read_signatures(folder: Path) -> get_model_metadata_pb2.SignatureDefMap:
    """Reads all signatures of a SavedModel folder, without its graph.

    Raises:
        InvalidModelError: The folder does not contain a readable SavedModel for serving.
    """
    model = saved_model_pb2.SavedModel()
    _check_files(folder)
    try:
        model.ParseFromString((folder / "saved_model.pb").read_bytes())
    except OSError as error:
        raise InvalidModelError(f"saved_model.pb cannot be read: {error.strerror}") from error
    except DecodeError as error:
        raise InvalidModelError("saved_model.pb is damaged or not complete") from error
    for graph in model.meta_graphs:
        if _SERVING_TAG in graph.meta_info_def.tags:
            return get_model_metadata_pb2.SignatureDefMap(signature_def=graph.signature_def)
    raise InvalidModelError(f"the SavedModel has no graph tagged {_SERVING_TAG!r}")


def _check_files(folder: Path) -> None:
    """Refuses files that are endless, such as a pipe or a device, or too large.

    Raises:
        InvalidModelError: A file of the graph or of its variables is not acceptable.
    """
    for path in [folder / "saved_model.pb", *(folder / "variables").glob("*")]:
        limit = MAX_GRAPH_BYTES if path.suffix == ".pb" else MAX_FILE_BYTES
        try:
            status = path.stat()
        except OSError as error:
            raise InvalidModelError(f"{path.name} cannot be read: {error.strerror}") from error
        if not stat.S_ISREG(status.st_mode):
            raise InvalidModelError(f"{path.name} is not a regular file")
        if status.st_size > limit:
            raise InvalidModelError(f"{path.name} is larger than {limit // 2**20} MiB")


def default_signature(signatures: get_model_metadata_pb2.SignatureDefMap) -> Signature:
    """Picks the signature that is served.

    Raises:
        InvalidModelError: It is missing, or another size than the batch size is dynamic, or the
            batch size is not.
    """
    if SIGNATURE not in signatures.signature_def:
        raise InvalidModelError(f"the SavedModel has no signature {SIGNATURE!r}")
    chosen = signatures.signature_def[SIGNATURE]
    signature = Signature(_ports(chosen.inputs), _ports(chosen.outputs))
    for name, port in signature.inputs.items():
        if port.shape[:1] != (-1,) or -1 in port.shape[1:]:
            raise InvalidModelError(
                f"input {name!r} ({port}) must have a dynamic batch size and no other dynamic size"
            )
    return signature


def _ports(infos: Mapping[str, Any]) -> dict[str, Port]:
    return {
        name: Port(info.dtype, tuple(int(dim.size) for dim in info.tensor_shape.dim))
        for name, info in infos.items()
    }
