"""Every installed package has its version and hashes in a lock."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from deploy.list_requirements import read_requirements, select
from web.settings import ROOT

PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)
WHOLE = ROOT / "requirements.lock"
TOOLS = {"audit", "checkov", "detector", "node", "profile", "uv"}
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
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


SOURCES = [
    ("requirements.txt", "requirements.lock"),
    *((f"locks/{tool}.in", f"locks/{tool}.lock") for tool in sorted(TOOLS)),
]


@pytest.mark.parametrize(("source", "lock"), SOURCES)
def test_a_lock_has_what_its_list_asks_for(source: str, lock: str) -> None:
    assert pins(ROOT / source).items() <= pins(ROOT / lock).items()


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("locks/runtime.lock", [None]),
        ("locks/dev.lock", [None, "dev", "tracing"]),
        ("locks/tracing.lock", ["tracing"]),
        ("locks/bench.lock", ["tensorflow-serving-api"]),
        ("requirements.lock", [None, *EXTRAS]),
    ],
)
def test_a_lock_has_what_pyproject_asks_for(lock: str, extras: list[str | None]) -> None:
    locked = pins(ROOT / lock)

    for requirement in (Requirement(each) for name in extras for each in read_requirements(name)):
        assert locked[requirement.name] in requirement.specifier, requirement


def test_requirements_txt_has_the_whole_list_and_every_extra() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")

    assert pins(ROOT / "requirements.txt").keys() == {
        "eventlet",
        "flask",
        "flask-socketio",
        "grpcio",
        "numpy",
        "opencv-python-headless",
        "pytest",
        "tensorflow-serving-api",
    }
    assert f"--editable .[{','.join(sorted(EXTRAS))}]" in text


def test_the_service_needs_no_tensorflow_and_no_test_runner() -> None:
    runtime = pins(ROOT / "locks/runtime.lock")

    assert {"flask", "openvino", "protobuf", "pydantic"} <= runtime.keys()
    assert not {"keras", "pytest", "tensorflow", "tensorflow-serving-api"} & runtime.keys()
    assert not {"keras", "tensorflow"} & pins(ROOT / "locks/dev.lock").keys()


def test_a_part_of_the_requirements_can_be_selected() -> None:
    requirements = ["flask>=3", "grpcio==1.0", "python-socketio[client]"]

    assert select(requirements, only=["grpcio"], without=[]) == ["grpcio==1.0"]
    assert select(requirements, only=[], without=["flask", "python-socketio"]) == ["grpcio==1.0"]
    with pytest.raises(ValueError, match="does not list flsk"):
        select(requirements, only=["flsk"], without=[])


def test_the_images_have_no_runtime_that_they_do_not_use() -> None:
    app, server = pins(ROOT / "locks/runtime.lock"), pins(ROOT / "locks/model-server.lock")

    assert {"flask", "protobuf", "opencv-python-headless", "openvino"} <= app.keys()
    assert not {"pytest", "tensorflow", "tensorflow-serving-api"} & app.keys()
    assert {"openvino", "protobuf"} <= server.keys()
    assert not {"flask", "tensorflow", "tensorflow-serving-api"} & server.keys()


@pytest.mark.parametrize("file", INSTALLERS, ids=lambda file: file.name)
def test_nothing_is_installed_without_hashes(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    installed = re.findall(r"pip [^|&\n]*\b(?:install|download)\b[^|&\n]*", text)

    for command in installed:
        assert "--require-hashes" in command or "$(LOCKED)" in command, command
    assert "LOCKED := --require-hashes" in (ROOT / "Makefile").read_text(encoding="utf-8")
