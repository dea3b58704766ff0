"""Checks a served model's signature against the contract."""

from __future__ import annotations

from typing import Any

from face_utils.model_spec import ACTIVATION, ModelSpec
from serving.contract import INPUT_NAME, SIGNATURE
from serving.model_metadata import unpack_signatures
from serving.protos import get_model_metadata_pb2, tensor_pb2

_MAP_AXES = 4


def contract_violations(
    spec: ModelSpec, metadata: get_model_metadata_pb2.GetModelMetadataResponse
) -> list[str]:
    """Lists the differences of a served model from the contract, one clause per difference."""
    signatures = unpack_signatures(metadata)
    if SIGNATURE not in signatures.signature_def:
        return [f"the signature {SIGNATURE!r} is missing"]
    signature = signatures.signature_def[SIGNATURE]
    wanted = (*spec.outputs, ACTIVATION) if spec.activation else spec.outputs
    missing = [name for name in wanted if name not in signature.outputs]
    return [
        *_input_violations(spec, signature.inputs),
        *(f"the output {name!r} is missing" for name in missing),
        *_label_violations(spec, signature.outputs),
        *_activation_violations(spec, signature.outputs),
    ]


def _input_violations(spec: ModelSpec, inputs: Any) -> list[str]:
    if list(inputs) != [INPUT_NAME]:
        return [f"its inputs are {sorted(inputs)} instead of [{INPUT_NAME!r}]"]
    tensor, wanted = inputs[INPUT_NAME], [spec.size, spec.size, 1]
    shape = _shape(tensor)
    violations = []
    if tensor.dtype != tensor_pb2.DT_UINT8:
        violations.append("its input is not uint8")
    if shape[1:] != wanted:
        violations.append(f"its crops are {shape[1:]} instead of {wanted}")
    elif shape[0] != -1:
        violations.append(f"its batch size is fixed to {shape[0]}")
    return violations


def _label_violations(spec: ModelSpec, outputs: Any) -> list[str]:
    if spec.kind != "classification" or "probabilities" not in outputs:
        return []
    classes = _shape(outputs["probabilities"])[-1:]
    if classes in ([len(spec.labels)], [-1]):
        return []
    return [f"its classes are {classes} instead of [{len(spec.labels)}]"]


def _activation_violations(spec: ModelSpec, outputs: Any) -> list[str]:
    if not spec.activation or ACTIVATION not in outputs:
        return []
    shape, classes = _shape(outputs[ACTIVATION]), len(spec.labels) or "classes"
    if len(shape) == _MAP_AXES and (shape[-1] in (-1, classes) or not spec.labels):
        return []
    return [f"its activation is {shape} instead of [faces, rows, columns, {classes}]"]


def _shape(tensor: Any) -> list[int]:
    return [int(dim.size) for dim in tensor.tensor_shape.dim]
