from __future__ import annotations

import os
import shutil

import pytest

from serving.protos import tensor_pb2
from serving.server.saved_model import (
    InvalidModelError,
    Port,
    default_signature,
    read_signatures,
)


def signature(folder):
    return default_signature(read_signatures(folder))


def test_a_signature_is_read_with_its_names_types_and_shapes(samples):
    years = signature(samples / "models/years/1")

    assert years.inputs == {"image": Port(tensor_pb2.DT_UINT8, (-1, 16, 16, 1))}
    number_per_face = Port(tensor_pb2.DT_FLOAT, (-1,))
    assert years.outputs == dict.fromkeys(("years", "low", "high"), number_per_face)


def test_a_port_is_described_in_readable_form():
    assert str(Port(tensor_pb2.DT_UINT8, (-1, 48, 48, 1))) == "uint8 [-1, 48, 48, 1]"


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("unnamed", "no signature 'serving_default'"), ("fixed", "must have a dynamic batch size")],
)
def test_a_signature_that_cannot_be_served_is_refused(samples, folder, reason):
    with pytest.raises(InvalidModelError, match=reason):
        signature(samples / "odd" / folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot be read"), (b"\xff" * 99, "damaged or not complete"), (b"", "no graph tagged")],
)
def test_a_folder_without_a_readable_model_is_refused(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "saved_model.pb").write_bytes(content)

    with pytest.raises(InvalidModelError, match=reason):
        read_signatures(tmp_path)


def irregular(kind, path):
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        with path.open("wb") as file:
            file.truncate(10**10)


@pytest.mark.parametrize("kind", ["pipe", "device", "large"])
@pytest.mark.parametrize("name", ["saved_model.pb", "variables/variables.index"])
def test_a_truncated_file_is_refused(samples, tmp_path, kind, name):
    folder = shutil.copytree(samples / "models/mood/1", tmp_path / "1")
    irregular(kind, folder / name)

    with pytest.raises(InvalidModelError, match=r"is not a regular file|is larger than \d+ MiB"):
        read_signatures(folder)
