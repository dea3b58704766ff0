"""Validation of a Predict request against the signature of the model.

Error messages are those of TensorFlow Serving where it has one. Sources:
`tensorflow_serving/servables/tensorflow/predict_util.cc`, and TensorFlow's
`core/kernels/batching_util/shared_batch_scheduler.h`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from numpy.typing import NDArray

from serving.protos import tensor_pb2
from serving.server.openvino_model import Arrays
from serving.server.rpc import invalid
from serving.server.saved_model import Port
from serving.tensors import decode

MAX_ROWS = 128
"""Largest batch, as configured for TensorFlow Serving. It takes 0.1 s, and other calls wait."""


def read_inputs(
    given: Mapping[str, tensor_pb2.TensorProto], ports: Mapping[str, Port]
) -> dict[str, NDArray[Any]]:
    """Reads the input tensors of a request.

    Returns:
        One array per input of the signature, of its dtype and shape, all of one batch size.

    Raises:
        RequestError: Names, types, shapes or contents do not match the signature.
    """
    _check_names(set(given), set(ports))
    arrays = {name: _read(name, given[name], port) for name, port in ports.items()}
    if len({len(array) for array in arrays.values()}) > 1:
        raise invalid("all inputs must have the same batch size")
    return arrays


def pick_outputs(outputs: Arrays, wanted: Iterable[str]) -> Arrays:
    """Keeps the outputs that an `output_filter` names, or all if it is empty."""
    return {name: outputs[name] for name in wanted} or outputs


def check_output_filter(wanted: Iterable[str], ports: Mapping[str, Port]) -> None:
    """Checks the names in an `output_filter`.

    Raises:
        RequestError: A name is unknown or repeated.
    """
    seen: set[str] = set()
    for name in wanted:
        if name not in ports:
            raise invalid(
                f"output tensor alias not found in signature: {name} "
                f"Outputs expected to be in the set {_names(ports)}."
            )
        if name in seen:
            raise invalid(f"duplicate output tensor alias: {name}")
        seen.add(name)


def _check_names(given: set[str], expected: set[str]) -> None:
    if given != expected:
        raise invalid(
            f"input size does not match signature: {len(given)}!={len(expected)} "
            f"len({_names(given)}) != len({_names(expected)}). "
            f"Sent extra: {_names(given - expected)}. "
            f"Missing but required: {_names(expected - given)}."
        )


def _names(names: Iterable[str]) -> str:
    return "{" + ",".join(sorted(names)) + "}"


def _read(name: str, tensor: tensor_pb2.TensorProto, port: Port) -> NDArray[Any]:
    """Decodes one tensor after the cheap checks."""
    given = Port(tensor.dtype, tuple(int(dim.size) for dim in tensor.tensor_shape.dim))
    fits = len(given.shape) == len(port.shape) and given.shape[1:] == port.shape[1:]
    if given.dtype != port.dtype or not fits:
        raise invalid(f"input {name!r}: expected {port}, given {given}")
    if given.shape[0] > MAX_ROWS:
        raise invalid(
            f"Task size {given.shape[0]} is larger than maximum input batch size {MAX_ROWS}"
        )
    try:
        return decode(tensor)
    except ValueError as error:
        raise invalid(f"input {name!r}: {error}") from error
