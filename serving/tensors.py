"""Conversion between NumPy arrays and TensorProto messages.

Arrays are written as raw `tensor_content`, which takes 4 us per face instead of 75 us for typed
values. Both forms are read, since other clients and servers write either. Source of the layout:
tensorflow/tensorflow `tensorflow/core/framework/tensor.proto` and `types.proto`.
"""

from __future__ import annotations

from collections.abc import Collection
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.endpoints import MAX_MESSAGE_BYTES
from serving.protos import tensor_pb2

_DTYPES: dict[tensor_pb2.DataType, np.dtype[Any]] = {
    tensor_pb2.DT_FLOAT: np.dtype("<f4"),
    tensor_pb2.DT_DOUBLE: np.dtype("<f8"),
    tensor_pb2.DT_HALF: np.dtype("<f2"),
    tensor_pb2.DT_UINT8: np.dtype("u1"),
    tensor_pb2.DT_INT8: np.dtype("i1"),
    tensor_pb2.DT_UINT16: np.dtype("<u2"),
    tensor_pb2.DT_INT16: np.dtype("<i2"),
    tensor_pb2.DT_UINT32: np.dtype("<u4"),
    tensor_pb2.DT_INT32: np.dtype("<i4"),
    tensor_pb2.DT_UINT64: np.dtype("<u8"),
    tensor_pb2.DT_INT64: np.dtype("<i8"),
    tensor_pb2.DT_BOOL: np.dtype("?"),
}
_ENUMS = {dtype: enum for enum, dtype in _DTYPES.items()}
_OWN_FIELDS = {
    tensor_pb2.DT_FLOAT: "float_val",
    tensor_pb2.DT_DOUBLE: "double_val",
    tensor_pb2.DT_UINT32: "uint32_val",
    tensor_pb2.DT_UINT64: "uint64_val",
    tensor_pb2.DT_INT64: "int64_val",
    tensor_pb2.DT_BOOL: "bool_val",
}


def encode(array: NDArray[Any]) -> tensor_pb2.TensorProto:
    """Packs an array of numbers or booleans, of any shape, as raw bytes.

    Raises:
        ValueError: The array's dtype is not supported.
    """
    dtype = array.dtype.newbyteorder("<")
    if dtype not in _ENUMS:
        raise ValueError(f"an array of {array.dtype} cannot be sent as a tensor")
    shape = tensor_pb2.TensorShapeProto()
    for size in array.shape:
        shape.dim.add(size=size)
    return tensor_pb2.TensorProto(
        dtype=_ENUMS[dtype],
        tensor_shape=shape,
        tensor_content=array.astype(dtype, copy=False).tobytes(),
    )


def decode(proto: tensor_pb2.TensorProto) -> NDArray[Any]:
    """Unpacks a tensor into an array of the tensor's own shape and dtype; it may be read-only.

    Raises:
        ValueError: The dtype is not numeric, or shape and content do not agree.
    """
    dtype = _DTYPES.get(proto.dtype)
    if dtype is None:
        raise ValueError(f"a tensor of {dtype_name(proto.dtype)} cannot be read")
    shape = _shape(proto, dtype.itemsize)
    if proto.tensor_content:
        return _from_content(proto.tensor_content, dtype, shape)
    return _fill(_typed_values(proto, dtype), shape)


def dtype_name(enum: int) -> str:
    """TensorFlow's name of a DataType, such as `float` or `uint8`."""
    known = enum in tensor_pb2.DataType.values()
    return tensor_pb2.DataType.Name(enum).removeprefix("DT_").lower() if known else f"type {enum}"


def _shape(proto: tensor_pb2.TensorProto, itemsize: int) -> tuple[int, ...]:
    shape = tuple(int(dim.size) for dim in proto.tensor_shape.dim)
    if proto.tensor_shape.unknown_rank or any(size < 0 for size in shape):
        raise ValueError("the tensor's shape is not fully known")
    # A short message can claim any size, because a repeated value is sent once.
    if prod(shape) * itemsize > MAX_MESSAGE_BYTES:
        raise ValueError(f"the tensor's shape {list(shape)} takes over {MAX_MESSAGE_BYTES} bytes")
    return shape


def _from_content(content: bytes, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    expected = prod(shape) * dtype.itemsize
    if len(content) != expected:
        given = len(content)
        raise ValueError(f"the tensor's shape {list(shape)} takes {expected} bytes, not {given}")
    return np.frombuffer(content, dtype).reshape(shape)


def _typed_values(proto: tensor_pb2.TensorProto, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Reads the `*_val` field of the dtype as a flat array."""
    if proto.dtype in _OWN_FIELDS:
        return _flat(getattr(proto, _OWN_FIELDS[proto.dtype]), dtype)
    if proto.dtype == tensor_pb2.DT_HALF:  # Each value contains a half-precision number's bits.
        return _flat(proto.half_val, np.dtype("<i4")).astype("<u2").view(dtype)
    return _flat(proto.int_val, np.dtype("<i4")).astype(dtype)


def _flat(values: Collection[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.fromiter(values, dtype, len(values))


def _fill(values: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Fills a shape by TensorFlow's rule: missing values equal the last one, or 0."""
    missing = prod(shape) - len(values)
    if missing < 0:
        raise ValueError(f"the tensor's shape {list(shape)} has fewer than {len(values)} values")
    last = values[-1] if len(values) else 0
    return np.append(values, np.full(missing, last, values.dtype)).reshape(shape)
