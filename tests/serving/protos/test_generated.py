"""The generated modules are up to date with the `.proto` files."""

from __future__ import annotations

import subprocess
import sys

import pytest

from serving.protos.generate import FOLDER, ROOT, generate

STALE = "The generated modules are stale. Run `.venv/bin/python -m serving.protos.generate`."
OURS = "import serving.protos.get_model_metadata_pb2 as ours"
THEIRS = "import tests.serving.reference as theirs"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*_pb2.py*")}


def test_the_generated_modules_are_up_to_date(tmp_path):
    generate(tmp_path)

    assert contents(FOLDER) == contents(tmp_path / FOLDER.relative_to(ROOT)), STALE


@pytest.mark.parametrize("order", [(OURS, THEIRS), (THEIRS, OURS)], ids=["ours", "theirs"])
def test_one_process_holds_these_messages_and_those_of_the_reference(order):
    program = "\n".join(
        (
            *order,
            "print(ours.SignatureDefMap.DESCRIPTOR.full_name)",
            "print(theirs.get_model_metadata_pb2.SignatureDefMap.DESCRIPTOR.full_name)",
        )
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    names = ["mien.serving.SignatureDefMap", "tensorflow.serving.SignatureDefMap"]
    assert result.stdout.split() == names
