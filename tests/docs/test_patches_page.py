"""docs/reference/patches.md lists the libraries and files of web/transport/."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.transport import PATCHED

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "patches.md").read_text(encoding="utf-8")
MODULES = {
    "eventlet": "eventlet",
    "gunicorn": "gunicorn",
    "python-engineio": "engineio",
    "python-socketio": "socketio",
    "simple-websocket": "simple_websocket",
    "werkzeug": "werkzeug",
}
IMPORT = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(MODULES.values())})\b", re.MULTILINE)
PATCHES = sorted(
    file.name
    for file in (ROOT / "web" / "transport").rglob("*.py")
    if IMPORT.search(file.read_text(encoding="utf-8"))
)


def test_the_versions_are_those_that_the_code_was_written_for() -> None:
    assert dict(re.findall(r"^\| ([a-z-]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)) == PATCHED


@pytest.mark.parametrize("library", PATCHED)
def test_every_patched_library_has_a_section(library: str) -> None:
    assert library in MODULES
    assert f"\n## {library}\n" in PAGE


@pytest.mark.parametrize("name", PATCHES)
def test_every_file_that_imports_a_patched_library_has_a_row(name: str) -> None:
    assert re.search(rf"^\|[^|]*`{re.escape(name)}`", PAGE, re.MULTILINE)


def test_every_file_that_the_page_names_exists() -> None:
    rows = re.findall(r"^\| ((?:`[\w/]+\.py`(?:, )?)+)", PAGE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    found = {file.name for file in (ROOT / "web" / "transport").rglob("*.py")}
    assert [name for name in named if "/" not in name and name not in found | {"app.py"}] == []
    assert [name for name in named if "/" in name and not (ROOT / name).is_file()] == []
