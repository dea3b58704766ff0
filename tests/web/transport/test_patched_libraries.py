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
    for place in ("web", "telemetry", "process", "serving", "face_utils", "mien")
    for file in (ROOT / place).rglob("*.py")
    if "transport" not in file.parts and "training" not in file.parts
]


@pytest.mark.parametrize("file", [ROOT / "app.py", ROOT / "gunicorn.conf.py", *SOURCES], ids=str)
def test_nothing_outside_of_the_folder_patches_them(file: Path) -> None:
    assert not find_patches(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "patch",
    [
        "wsgi.Server = None",
        "wsgi.Server.run = None",
        "setattr(wsgi, 'Server', None)",
        "setattr(wsgi.Server, 'run', None)",
        "eventlet.monkey_patch()",
    ],
)
def test_a_patch_is_found(patch: str) -> None:
    assert find_patches(f"import eventlet\nfrom eventlet import wsgi\n{patch}\n")


def test_changing_an_own_object_is_no_patch() -> None:
    own = "server = wsgi.Server()\nserver.log = None\nsetattr(server, 'log', None)\n"
    assert not find_patches(f"from eventlet import wsgi\n{own}")


def find_patches(source: str) -> set[str]:
    """The names of the libraries' objects that a module changes."""
    tree = ast.parse(source)
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).split(".")[0] in MODULES
    }
    changed = {owner_name(target) for node in ast.walk(tree) for target in changed_by(node)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return imported & changed | {"monkey_patch"} & attributes


def changed_by(node: ast.AST) -> list[ast.expr]:
    """The objects of which a statement or a call sets an attribute."""
    if isinstance(node, ast.Assign):
        return [target.value for target in node.targets if isinstance(target, ast.Attribute)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
        return [node.args[0]]
    return []


def owner_name(expression: ast.expr) -> str:
    """The first name of `name.attribute.attribute`."""
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else ""
