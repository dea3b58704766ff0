from __future__ import annotations

from dataclasses import replace

import pytest

from serving.contract import MODELS, load_contract
from serving.contract_check import contract_violations
from serving.model_metadata import pack_signatures
from serving.protos import get_model_metadata_pb2, tensor_pb2
from serving.server.saved_model import read_signatures
from tests.support.model_specs import classification, regression

MOOD = classification()
AGE = regression(size=64)

IMAGE = {"image": (tensor_pb2.DT_UINT8, [-1, 48, 48, 1])}
PROBABILITIES = {"probabilities": (tensor_pb2.DT_FLOAT, [-1, 2])}
YEARS = {name: (tensor_pb2.DT_FLOAT, [-1]) for name in ("years", "low", "high")}


def metadata(inputs, outputs, signature="serving_default"):
    """Returns the response of GetModelMetadata for a model with these tensors."""
    signatures = get_model_metadata_pb2.SignatureDefMap()
    definition = signatures.signature_def[signature]
    for ports, infos in ((inputs, definition.inputs), (outputs, definition.outputs)):
        for name, (dtype, shape) in ports.items():
            infos[name].dtype = dtype
            for size in shape:
                infos[name].tensor_shape.dim.add(size=size)
    return pack(signatures)


def pack(signatures):
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    pack_signatures(response, signatures)
    return response


def pack_something_else():
    response = get_model_metadata_pb2.GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(tensor_pb2.TensorProto())
    return response


def image(*shape, dtype=tensor_pb2.DT_UINT8):
    return {"image": (dtype, shape)}


def activation(*shape):
    return {"activation": (tensor_pb2.DT_FLOAT, shape)}


def test_a_classification_as_the_contract_has_it_fits():
    assert contract_violations(MOOD, metadata(IMAGE, PROBABILITIES)) == []


def test_a_regression_as_the_contract_has_it_fits():
    assert contract_violations(AGE, metadata(image(-1, 64, 64, 1), YEARS)) == []


def test_outputs_beyond_the_contract_are_ignored():
    more = {**PROBABILITIES, "logits": (tensor_pb2.DT_FLOAT, [-1, 2])}

    assert contract_violations(MOOD, metadata(IMAGE, more)) == []


def test_a_number_of_classes_that_the_model_leaves_open_fits():
    outputs = {"probabilities": (tensor_pb2.DT_FLOAT, [-1, -1])}

    assert contract_violations(MOOD, metadata(IMAGE, outputs)) == []


@pytest.mark.parametrize(
    ("inputs", "outputs", "violation"),
    [
        ({}, PROBABILITIES, "its inputs are [] instead of ['image']"),
        ({"x": IMAGE["image"]}, PROBABILITIES, "its inputs are ['x'] instead of ['image']"),
        ({**IMAGE, "x": IMAGE["image"]}, PROBABILITIES, "its inputs are ['image', 'x']"),
        (image(-1, 48, 48, 1, dtype=tensor_pb2.DT_FLOAT), PROBABILITIES, "its input is not uint8"),
        (image(-1, 64, 64, 1), PROBABILITIES, "its crops are [64, 64, 1] instead of [48, 48, 1]"),
        (image(-1, 48, 48, 3), PROBABILITIES, "its crops are [48, 48, 3]"),
        (image(), PROBABILITIES, "its crops are []"),
        (image(1, 48, 48, 1), PROBABILITIES, "its batch size is fixed to 1"),
        (IMAGE, {}, "the output 'probabilities' is missing"),
        (
            IMAGE,
            {"probabilities": (tensor_pb2.DT_FLOAT, [-1, 7])},
            "its classes are [7] instead of [2]",
        ),
    ],
)
def test_mismatches_of_a_classification_are_reported(inputs, outputs, violation):
    [said] = contract_violations(MOOD, metadata(inputs, outputs))

    assert violation in said


def test_a_regression_must_give_its_range_too():
    years_only = {"years": YEARS["years"]}

    assert contract_violations(AGE, metadata(image(-1, 64, 64, 1), years_only)) == [
        "the output 'low' is missing",
        "the output 'high' is missing",
    ]


@pytest.mark.parametrize("classes", [2, -1])
def test_a_classification_explains_itself_with_a_map_per_label(classes):
    outputs = {**PROBABILITIES, **activation(-1, 6, 6, classes)}

    assert contract_violations(replace(MOOD, activation=True), metadata(IMAGE, outputs)) == []


def test_a_regression_explains_itself_with_any_number_of_maps():
    outputs = {**YEARS, **activation(-1, 8, 8, 117)}

    assert (
        contract_violations(replace(AGE, activation=True), metadata(image(-1, 64, 64, 1), outputs))
        == []
    )


@pytest.mark.parametrize(
    ("outputs", "violation"),
    [
        ({}, "the output 'activation' is missing"),
        (
            activation(-1, 2),
            "its activation is [-1, 2] instead of [faces, rows, columns, 2]",
        ),
        (
            activation(-1, 6, 6, 7),
            "its activation is [-1, 6, 6, 7] instead of [faces, rows, columns, 2]",
        ),
    ],
)
def test_a_model_that_cannot_explain_itself_as_the_contract_says_does_not_fit(outputs, violation):
    served = metadata(IMAGE, {**PROBABILITIES, **outputs})

    assert contract_violations(replace(MOOD, activation=True), served) == [violation]
    assert contract_violations(MOOD, served) == []


def test_every_mismatch_is_reported():
    wrong_input = image(-1, 48, 48, 1, dtype=tensor_pb2.DT_FLOAT)
    violations = contract_violations(AGE, metadata(wrong_input, {}))

    assert len(violations) == 5


@pytest.mark.parametrize(
    "response",
    [
        metadata(IMAGE, PROBABILITIES, signature="other"),
        get_model_metadata_pb2.GetModelMetadataResponse(),
        pack_something_else(),
    ],
)
def test_a_model_without_the_signature_is_named(response):
    assert contract_violations(MOOD, response) == ["the signature 'serving_default' is missing"]


@pytest.mark.parametrize("name", [path.name for path in MODELS.glob("*") if any(path.glob("*"))])
def test_the_project_s_own_models_fit_the_contract(name):
    for version in (MODELS / name).iterdir():
        assert contract_violations(load_contract()[name], pack(read_signatures(version))) == []
