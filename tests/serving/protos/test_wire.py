"""The project's messages and calls against `tensorflow-serving-api`, byte for byte."""

from __future__ import annotations

import pytest
from google.protobuf.any_pb2 import Any

from serving import model_metadata
from serving.contract import MODELS
from serving.protos import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_pb2,
    predict_pb2,
    saved_model_pb2,
    services,
    tensor_pb2,
)
from serving.server.saved_model import read_signatures
from tests.serving import reference
from tests.serving.protos.filled import fill

PAIRS = {
    tensor_pb2.TensorShapeProto: reference.tensor_shape_pb2.TensorShapeProto,
    tensor_pb2.TensorProto: reference.tensor_pb2.TensorProto,
    saved_model_pb2.TensorInfo: reference.meta_graph_pb2.TensorInfo,
    saved_model_pb2.SignatureDef: reference.meta_graph_pb2.SignatureDef,
    saved_model_pb2.MetaGraphDef: reference.meta_graph_pb2.MetaGraphDef,
    saved_model_pb2.SavedModel: reference.saved_model_pb2.SavedModel,
    model_pb2.ModelSpec: reference.model_pb2.ModelSpec,
    predict_pb2.PredictRequest: reference.predict_pb2.PredictRequest,
    predict_pb2.PredictResponse: reference.predict_pb2.PredictResponse,
    get_model_metadata_pb2.SignatureDefMap: reference.get_model_metadata_pb2.SignatureDefMap,
    get_model_metadata_pb2.GetModelMetadataRequest: (
        reference.get_model_metadata_pb2.GetModelMetadataRequest
    ),
    get_model_metadata_pb2.GetModelMetadataResponse: (
        reference.get_model_metadata_pb2.GetModelMetadataResponse
    ),
    get_model_status_pb2.StatusProto: reference.status_pb2.StatusProto,
    get_model_status_pb2.GetModelStatusRequest: (
        reference.get_model_status_pb2.GetModelStatusRequest
    ),
    get_model_status_pb2.ModelVersionStatus: reference.get_model_status_pb2.ModelVersionStatus,
    get_model_status_pb2.GetModelStatusResponse: (
        reference.get_model_status_pb2.GetModelStatusResponse
    ),
}
OUR_MODULES = (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_pb2,
    predict_pb2,
    saved_model_pb2,
    tensor_pb2,
)
each_pair = pytest.mark.parametrize(
    ("ours", "theirs"), PAIRS.items(), ids=[ours.DESCRIPTOR.name for ours in PAIRS]
)
each_choice = pytest.mark.parametrize("pick", [0, 1])


def wire(message):
    return message.SerializeToString(deterministic=True)


def shape(field):
    """All that decides how a field is written and read."""
    oneof, message, enum = field.containing_oneof, field.message_type, field.enum_type
    return {
        "number": field.number,
        "type": field.type,
        "repeated": field.is_repeated,
        "packed": field.is_packed,
        "presence": field.has_presence,
        "oneof": oneof and oneof.name,
        "message": message and message.name,
        "enum": enum and enum.name,
    }


def check_fields(ours, theirs):
    for field in ours.fields:
        assert shape(field) == shape(theirs.fields_by_name[field.name])
    for nested in ours.nested_types:
        check_fields(nested, theirs.nested_types_by_name[nested.name])


def test_every_message_has_a_reference():
    messages = [m for module in OUR_MODULES for m in module.DESCRIPTOR.message_types_by_name]

    assert sorted(messages) == sorted(ours.DESCRIPTOR.name for ours in PAIRS)


@each_pair
def test_fields_are_those_of_the_reference(ours, theirs):
    check_fields(ours.DESCRIPTOR, theirs.DESCRIPTOR)


@each_pair
@each_choice
def test_the_same_content_has_the_same_bytes(ours, theirs, pick):
    our_bytes = wire(fill(ours(), ours.DESCRIPTOR, pick))
    their_bytes = wire(fill(theirs(), ours.DESCRIPTOR, pick))

    assert len(our_bytes) > 4
    assert our_bytes == their_bytes
    assert wire(theirs.FromString(our_bytes)) == our_bytes
    assert wire(ours.FromString(their_bytes)) == their_bytes


@each_pair
@each_choice
def test_fields_that_only_the_reference_has_survive(ours, theirs, pick):
    message = fill(theirs(), theirs.DESCRIPTOR, pick)

    kept = theirs.FromString(wire(ours.FromString(wire(message))))

    assert wire(kept) == wire(message)


@pytest.mark.parametrize(
    ("ours", "theirs", "left_out"),
    [
        (tensor_pb2.DataType, reference.types_pb2.DataType, range(100, 200)),
        (get_model_status_pb2.Code, reference.error_codes_pb2.Code, [20]),
        (
            get_model_status_pb2.ModelVersionStatus.State,
            reference.get_model_status_pb2.ModelVersionStatus.State,
            [],
        ),
    ],
)
def test_enums_have_the_values_of_the_reference(ours, theirs, left_out):
    expected = {name: number for name, number in theirs.items() if number not in left_out}

    assert dict(ours.items()) == expected


@pytest.mark.parametrize(
    ("path", "file", "request_", "response"),
    [
        (services.PREDICT, "prediction_service_pb2", "PredictRequest", "PredictResponse"),
        (
            services.GET_MODEL_METADATA,
            "prediction_service_pb2",
            "GetModelMetadataRequest",
            "GetModelMetadataResponse",
        ),
        (
            services.GET_MODEL_STATUS,
            "model_service_pb2",
            "GetModelStatusRequest",
            "GetModelStatusResponse",
        ),
    ],
)
def test_calls_are_those_of_the_reference(path, file, request_, response):
    found = {
        f"/{service.full_name}/{method.name}": method
        for service in getattr(reference, file).DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }[path]

    assert (found.input_type.name, found.output_type.name) == (request_, response)
    assert not found.client_streaming
    assert not found.server_streaming


def test_stubs_call_these_paths_with_these_messages():
    calls = {}

    class Channel:
        def unary_unary(self, path, request_serializer, response_deserializer):
            calls[path] = (request_serializer, response_deserializer)

    services.PredictionServiceStub(Channel())
    services.ModelServiceStub(Channel())

    assert calls.keys() == {
        services.PREDICT,
        services.GET_MODEL_METADATA,
        services.GET_MODEL_STATUS,
    }
    write, read = calls[services.PREDICT]
    assert write(predict_pb2.PredictRequest(output_filter=["x"])) == b"\x1a\x01x"
    assert read(b"") == predict_pb2.PredictResponse()


def test_the_reference_reads_signatures_that_were_packed_here():
    signatures = fill(
        get_model_metadata_pb2.SignatureDefMap(),
        get_model_metadata_pb2.SignatureDefMap.DESCRIPTOR,
    )
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    model_metadata.pack_signatures(response, signatures)

    sent = reference.get_model_metadata_pb2.GetModelMetadataResponse.FromString(wire(response))
    unpacked = reference.get_model_metadata_pb2.SignatureDefMap()

    assert sent.metadata["signature_def"].Unpack(unpacked)
    assert wire(unpacked) == wire(signatures)


def test_signatures_that_the_reference_packed_are_read():
    signatures = fill(
        reference.get_model_metadata_pb2.SignatureDefMap(),
        get_model_metadata_pb2.SignatureDefMap.DESCRIPTOR,
    )
    response = reference.get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(signatures)

    received = get_model_metadata_pb2.GetModelMetadataResponse.FromString(wire(response))

    assert wire(model_metadata.unpack_signatures(received)) == wire(signatures)


@pytest.mark.parametrize("type_url", ["", "type.googleapis.com/mien.serving.SignatureDefMap"])
def test_something_else_in_place_of_the_signatures_is_not_read(type_url):
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].CopyFrom(Any(type_url=type_url, value=b"\xff"))

    assert not model_metadata.unpack_signatures(response).signature_def


@pytest.mark.parametrize(
    "folder",
    sorted(path.parent for path in MODELS.glob("*/*/saved_model.pb")),
    ids=lambda folder: folder.parent.name,
)
def test_a_saved_model_is_read_like_by_the_reference(folder):
    content = (folder / "saved_model.pb").read_bytes()
    (graph,) = reference.saved_model_pb2.SavedModel.FromString(content).meta_graphs
    expected = reference.get_model_metadata_pb2.SignatureDefMap(signature_def=graph.signature_def)

    assert wire(read_signatures(folder)) == wire(expected)
