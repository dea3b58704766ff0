from __future__ import annotations

from dataclasses import replace

import pytest

from face_utils.model_spec import ModelSpec, Smoothing
from serving.server.saved_model import (
    Port,
    UnfitModelError,
    check_contract,
    default_signature,
    read_signatures,
)
from serving.tfs_protos import types_pb2

MOOD = ModelSpec(
    name="mood",
    title="Mood",
    size=16,
    margin=0.1,
    kind="classification",
    labels=("good", "bad", "odd"),
    unit="",
    interval_ms=100,
    smoothing=Smoothing("half_life", 1.0),
)
YEARS = replace(MOOD, name="years", kind="measure", labels=(), unit="years")


def signature(folder):
    return default_signature(read_signatures(folder))


def test_a_signature_is_read_with_its_names_types_and_shapes(toys):
    years = signature(toys / "models/years/1")

    assert years.inputs == {"image": Port(types_pb2.DT_UINT8, (-1, 16, 16, 1))}
    assert years.outputs == dict.fromkeys(("years", "low", "high"), Port(types_pb2.DT_FLOAT, (-1,)))


def test_a_port_reads_well():
    assert str(Port(types_pb2.DT_UINT8, (-1, 48, 48, 1))) == "uint8 [-1, 48, 48, 1]"


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("unnamed", "no signature 'serving_default'"), ("fixed", "must leave its batch size free")],
)
def test_a_signature_that_cannot_be_served_is_refused(toys, folder, reason):
    with pytest.raises(UnfitModelError, match=reason):
        signature(toys / "odd" / folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot be read"), (b"\xff" * 99, "damaged or not complete"), (b"", "no graph tagged")],
)
def test_a_folder_without_a_readable_model_is_refused(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "saved_model.pb").write_bytes(content)

    with pytest.raises(UnfitModelError, match=reason):
        read_signatures(tmp_path)


@pytest.mark.parametrize(("folder", "spec"), [("mood/1", MOOD), ("years/1", YEARS)])
def test_a_model_that_keeps_its_contract_passes(toys, folder, spec):
    check_contract(signature(toys / "models" / folder), spec)


@pytest.mark.parametrize(
    ("folder", "spec", "reason"),
    [
        ("mood/1", replace(MOOD, size=48), r"'image' \(uint8 \[-1, 48, 48, 1\]\)"),
        ("mood/1", replace(MOOD, labels=("good", "bad")), r"'probabilities', which is \(-1, 3\)"),
        ("mood/1", YEARS, "an output 'years', which is None"),
        ("years/1", MOOD, "an output 'probabilities', which is None"),
    ],
)
def test_a_model_that_breaks_its_contract_is_refused(toys, folder, spec, reason):
    with pytest.raises(UnfitModelError, match=reason):
        check_contract(signature(toys / "models" / folder), spec)
