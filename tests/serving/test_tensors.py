from __future__ import annotations

import numpy as np
import pytest

from serving.protos import tensor_pb2
from serving.tensors import decode, dtype_name, encode


def proto(dtype: int, shape: list[int], **fields: object) -> tensor_pb2.TensorProto:
    message = tensor_pb2.TensorProto(dtype=dtype, **fields)
    for size in shape:
        message.tensor_shape.dim.add(size=size)
    return message


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "i4", "i8", "f2", "f4", "f8", "?"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 1), (0, 4)])
def test_arrays_round_trip_unchanged(dtype, shape):
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)

    back = decode(encode(array))

    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_arrays_that_are_not_contiguous_or_little_endian_are_sent_right():
    array = np.arange(6, dtype=">f4").reshape(2, 3).T

    np.testing.assert_array_equal(decode(encode(array)), array)


def test_encoding_writes_raw_little_endian_content():
    message = encode(np.array([[1, 256]], "<i2"))

    assert message.dtype == tensor_pb2.DT_INT16
    assert [dim.size for dim in message.tensor_shape.dim] == [1, 2]
    assert message.tensor_content == b"\x01\x00\x00\x01"


@pytest.mark.parametrize(
    ("dtype", "field", "values"),
    [
        (tensor_pb2.DT_FLOAT, "float_val", [0.5, -1.0]),
        (tensor_pb2.DT_DOUBLE, "double_val", [0.1, 2.0]),
        (tensor_pb2.DT_UINT8, "int_val", [0, 255]),
        (tensor_pb2.DT_INT32, "int_val", [-7, 7]),
        (tensor_pb2.DT_INT64, "int64_val", [-(2**40), 1]),
        (tensor_pb2.DT_UINT64, "uint64_val", [2**63, 1]),
        (tensor_pb2.DT_BOOL, "bool_val", [True, False]),
    ],
)
def test_typed_values_are_read(dtype, field, values):
    assert decode(proto(dtype, [2], **{field: values})).tolist() == values


def test_half_precision_values_are_read_from_their_bits():
    assert decode(proto(tensor_pb2.DT_HALF, [2], half_val=[0x3C00, 0xC000])).tolist() == [1.0, -2.0]


@pytest.mark.parametrize(("given", "full"), [([1.0, 2.0], [1.0, 2.0, 2.0, 2.0]), ([], [0.0] * 4)])
def test_a_short_list_repeats_its_last_value(given, full):
    assert decode(proto(tensor_pb2.DT_FLOAT, [4], float_val=given)).tolist() == full


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (proto(tensor_pb2.DT_FLOAT, [2], tensor_content=b"1234567"), r"\[2\] takes 8 bytes, not 7"),
        (proto(tensor_pb2.DT_FLOAT, [1], float_val=[1, 2]), r"\[1\] has fewer than 2 values"),
        (proto(tensor_pb2.DT_FLOAT, [-1], float_val=[1]), "not fully known"),
        (proto(tensor_pb2.DT_UINT8, [2**40], int_val=[1]), "takes over"),
        (proto(tensor_pb2.DT_STRING, [1], string_val=[b"x"]), "a tensor of string cannot be read"),
        (proto(tensor_pb2.DT_INVALID, []), "a tensor of invalid cannot be read"),
    ],
)
def test_a_message_that_contradicts_itself_is_refused(message, reason):
    with pytest.raises(ValueError, match=reason):
        decode(message)


def test_an_array_of_text_is_refused():
    with pytest.raises(ValueError, match="cannot be sent"):
        encode(np.array(["x"]))


def test_types_have_the_names_tensorflow_gives_them():
    assert [dtype_name(e) for e in (tensor_pb2.DT_UINT8, tensor_pb2.DT_FLOAT)] == ["uint8", "float"]
    assert dtype_name(9999) == "type 9999"
