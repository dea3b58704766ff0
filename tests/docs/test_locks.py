"""Every package that is installed has its version and its hashes in a lock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.settings import ROOT

PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)
WHOLE = ROOT / "requirements-dev.lock"
TOOLS = {"audit", "checkov", "node", "uv"}
LOCKS = sorted([*ROOT.glob("*.lock"), *ROOT.glob("locks/*.lock")])
INSTALLERS = [
    ROOT / "Makefile",
    *ROOT.glob("deploy/docker/*.Dockerfile"),
    *ROOT.glob(".github/workflows/*.yml"),
]


def pins(file: Path) -> dict[str, str]:
    return dict(PIN.findall(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_each_package_of_a_lock_has_hashes_and_names_no_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert "://" not in text
    entries = re.split(PIN.pattern.replace("(", "(?:"), text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_package_has_one_version_everywhere(lock: Path) -> None:
    if lock.stem not in TOOLS:
        assert pins(lock).items() <= pins(WHOLE).items()


@pytest.mark.parametrize(
    ("source", "lock"),
    [
        ("requirements.txt", "requirements.lock"),
        ("requirements-dev.txt", "requirements-dev.lock"),
        ("requirements-tracing.txt", "locks/tracing.lock"),
        *((f"locks/{tool}.in", f"locks/{tool}.lock") for tool in sorted(TOOLS)),
    ],
)
def test_a_lock_has_what_its_list_asks_for(source: str, lock: str) -> None:
    assert pins(ROOT / source).items() <= pins(ROOT / lock).items()


def test_the_images_have_no_runtime_that_they_do_not_use() -> None:
    app, server = pins(ROOT / "locks/app.lock"), pins(ROOT / "locks/model-server.lock")

    assert {"flask", "protobuf", "opencv-python-headless"} <= app.keys()
    assert not {"openvino", "pytest", "tensorflow", "tensorflow-serving-api"} & app.keys()
    assert {"openvino", "protobuf"} <= server.keys()
    assert not {"flask", "tensorflow", "tensorflow-serving-api"} & server.keys()


@pytest.mark.parametrize("file", INSTALLERS, ids=lambda file: file.name)
def test_nothing_is_installed_without_hashes(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    installed = re.findall(r"pip [^|&\n]*\b(?:install|download)\b[^|&\n]*", text)

    for command in installed:
        assert "--require-hashes" in command or "$(LOCKED)" in command, command
    assert "LOCKED := --require-hashes" in (ROOT / "Makefile").read_text(encoding="utf-8")
