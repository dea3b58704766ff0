"""Model responses: expected shapes, validation and decoding."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from face_utils.backend import ModelOutputs
from face_utils.model_spec import ACTIVATION, ModelSpec
from serving.protos import predict_pb2
from serving.tensors import decode

Shapes = Mapping[str, tuple[int, ...]]
"""Names of the requested outputs -> their shapes; -1 where any size is allowed."""

_ANY = -1


def response_shapes(model: ModelSpec, count: int, *, activation: bool) -> Shapes:
    """Shapes of a model's outputs for `count` crops.

    Args:
        model: The model.
        count: Number of crops.
        activation: Whether the outputs include the class activation maps.
    """
    names = (*model.outputs, ACTIVATION) if activation else model.outputs
    return {name: _shape(model, name, count) for name in names}


def read_response(shapes: Shapes, response: predict_pb2.PredictResponse) -> ModelOutputs:
    """Validates and unpacks a response.

    Raises:
        ValueError: An output is missing, has a wrong shape, or contains NaN or infinity.
    """
    outputs = {}
    for name, shape in shapes.items():
        if name not in response.outputs:
            raise ValueError(f"output {name!r} is missing")
        values = outputs[name] = decode(response.outputs[name])
        if not _fits(values.shape, shape):
            raise ValueError(
                f"output {name!r} has shape {list(values.shape)} instead of {list(shape)}"
            )
        if not np.isfinite(values).all():
            raise ValueError(f"output {name!r} contains a value that is not a number")
    return ModelOutputs(response.model_spec.version.value, outputs)


def _shape(model: ModelSpec, name: str, count: int) -> tuple[int, ...]:
    """Shape of an output for `count` crops."""
    if name == ACTIVATION:
        return (count, _ANY, _ANY, len(model.labels) or _ANY)
    return (count, len(model.labels)) if model.kind == "classification" else (count,)


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        size == need or (need == _ANY and size > 0)
        for size, need in zip(shape, wanted, strict=True)
    )
