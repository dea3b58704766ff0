"""The docstrings' examples run, and every public class has one."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import face_utils

FOLDER = Path(face_utils.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)
    for path in FOLDER.rglob("*.py")
    if path.name != "__init__.py"
)
CLASSES = [
    name
    for name in face_utils.__all__
    if inspect.isclass(public := getattr(face_utils, name))
    and not issubclass(public, Exception)
    and name != "Backend"
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_are_true(module: str) -> None:
    assert doctest.testmod(import_module(module)).failed == 0


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_has_an_example(name: str) -> None:
    assert ">>>" in (inspect.getdoc(getattr(face_utils, name)) or "")
