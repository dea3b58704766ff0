"""Allowed imports between packages; the app does not load the TensorFlow runtime."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVING = sorted((ROOT / "serving").rglob("*.py"))
APP_SIDE = [path for path in SERVING if "training" not in path.parts]


def imported(path):
    """Top-level names of all that a file imports, wherever in the file."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", SERVING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_serving_does_not_import_web(path):
    assert not imported(path) & {"web", "flask", "flask_socketio", "socketio", "engineio"}


@pytest.mark.parametrize("folder", ["process", "telemetry"])
def test_shared_packages_import_neither_web_nor_models(folder):
    others = {"web", "serving", "face_utils", "flask", "socketio", "engineio"}
    below = {"telemetry": {"process"}, "process": set()}[folder]
    for path in (ROOT / folder).glob("*.py"):
        assert not imported(path) & (others | ({"process", "telemetry"} - below - {folder}))


@pytest.mark.parametrize("path", APP_SIDE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_training_imports_tensorflow(path):
    assert not imported(path) & {"tensorflow", "keras", "tensorflow_serving"}


def test_openvino_is_imported_without_its_telemetry_only():
    quiet = ROOT / "face_utils" / "quiet_openvino.py"
    folders = ("face_utils", "process", "serving", "telemetry", "web", "benchmarks", "tests")
    files = {path for folder in folders for path in (ROOT / folder).rglob("*.py")} - {quiet}

    assert not [path for path in files if "openvino" in imported(path)]


@pytest.mark.parametrize("path", sorted((ROOT / "web").rglob("*.py")), ids=lambda path: path.name)
def test_the_web_speaks_to_models_through_serving_only(path):
    assert not imported(path) & {"grpc", "tensorflow", "tensorflow_serving", "openvino"}


@pytest.mark.parametrize("patch", ["", "import eventlet; eventlet.monkey_patch()"])
def test_the_app_never_loads_the_tensorflow_runtime_nor_the_model_server_s(patch):
    program = f"""
import sys, warnings
warnings.simplefilter("ignore")
{patch}
import web.application
runtimes = {{"tensorflow", "tensorflow.python", "keras", "openvino", "skimage", "matplotlib"}}
print(sorted(runtimes & set(sys.modules)))
"""
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.stdout.strip() == "[]", result.stderr


@pytest.mark.integration  # It needs TensorFlow to be installed.
def test_the_messages_load_without_tensorflow_and_leave_room_for_it():
    program = """
import sys
from serving.protos import predict_pb2, tensor_pb2
from importlib.util import find_spec
message = predict_pb2.PredictRequest(inputs={"x": tensor_pb2.TensorProto(dtype=1)})
print(message.inputs["x"].dtype, "tensorflow" in sys.modules, find_spec("tensorflow") is not None)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert result.stdout.split() == ["1", "False", "True"]
