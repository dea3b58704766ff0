"""Patched libraries have the versions that `web/transport/` was written for."""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

from web.settings import ROOT
from web.transport import PATCHED


@pytest.mark.parametrize("library", PATCHED)
def test_a_new_version_is_read_before_it_is_patched(library: str) -> None:
    """Read its changes, see that each patch still applies, and set the version in `PATCHED`."""
    assert version(library) == PATCHED[library]


MODULES = {"eventlet", "gunicorn", "engineio", "socketio", "simple_websocket", "werkzeug"}
SOURCES = [
    file
    for place in ("web", "telemetry", "serving", "face_utils", "mien")
    for file in (ROOT / place).rglob("*.py")
    if "transport" not in file.parts and "training" not in file.parts
]


@pytest.mark.parametrize("file", [ROOT / "app.py", ROOT / "gunicorn.conf.py", *SOURCES], ids=str)
def test_nothing_outside_of_the_folder_patches_them(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).split(".")[0] in MODULES
    }
    changed = {
        target.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
    }
    assert not imported & changed
    assert "monkey_patch" not in {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
