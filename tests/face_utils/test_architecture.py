"""The core imports no Flask, no gRPC, no sockets and none of the other packages."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "face_utils"
MAY_IMPORT = {"face_utils", "numpy", "cv2", "PIL", "pydantic", "pydantic_core", "openvino"}
PUT_TOGETHER = {"analyzer.py": {"serving"}}
"""`Analyzer.open` puts detector and models together, when it is called."""
NO_INPUT_OR_OUTPUT = {"socket", "selectors", "asyncio", "http", "urllib", "subprocess", "os"}


def imported(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize(
    "path", sorted(CORE.rglob("*.py")), ids=lambda path: path.relative_to(CORE).as_posix()
)
def test_the_core_imports_images_and_numbers_only(path):
    others = imported(path) - sys.stdlib_module_names - PUT_TOGETHER.get(path.name, set())

    assert others <= MAY_IMPORT
    assert not imported(path) & NO_INPUT_OR_OUTPUT


NEED_THE_TIME = [
    *(CORE / f"{name}.py" for name in ("session", "pipeline", "smoothing", "model_schedule")),
    *sorted((CORE / "tracking").glob("*.py")),
]


@pytest.mark.parametrize("path", NEED_THE_TIME, ids=lambda path: path.relative_to(CORE).as_posix())
def test_what_needs_the_time_is_given_a_clock(path):
    """`perf_counter` measures how long work took and decides nothing."""
    source = path.read_text(encoding="utf-8")

    assert "monotonic" not in source
    assert "time.time" not in source
    assert "sleep" not in source


def test_only_analyzer_open_imports_the_model_side_and_only_when_it_is_called():
    tree = ast.parse((CORE / "analyzer.py").read_text(encoding="utf-8"))
    places = [
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("serving")
    ]
    at_import = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]

    assert places == ["open"]
    assert not [module for module in at_import if (module or "").startswith("serving")]
