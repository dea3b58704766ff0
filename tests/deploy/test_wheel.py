"""The wheel, built here, installed in a fresh environment and run from another folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from tests.support.app_process import free_port
from tests.support.moving_face import jpeg
from tests.web.recorder import connected
from web.settings import ROOT

UV = Path(sys.executable).parent / "uv"
README = (ROOT / "README.md").read_text(encoding="utf-8")
[LIBRARY] = re.findall(r"```python\n([^`]*from face_utils[^`]*)```", README)
# What a checkout's environment would add for Python must not help the installed package.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source package."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def wheel(packages: Path) -> Path:
    [wheel] = packages.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it needs."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    install = [UV, "pip", "install", "--quiet", "--system-certs", "--python", venv / "bin/python"]
    lock = ["--require-hashes", "--requirement", ROOT / "locks" / "runtime.lock"]
    for command in (
        [UV, "venv", "--quiet", "--python", sys.executable, venv],
        [*install, *lock],
        [*install, "--no-deps", wheel],
        [UV, "pip", "check", "--quiet", "--python", venv / "bin/python"],
    ):
        subprocess.run(command, check=True)
    return venv / "bin"


def _mien(programs: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**CLEAN, "MIEN_PORT": str(free_port())}
    return subprocess.run(
        [programs / "mien", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def _serving(programs: Path, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [programs / "mien", "serve", "--port", str(free_port())]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, env=CLEAN, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "Loading models\n"
            ready, _, url = process.stdout.readline().strip().partition(": ")
            assert ready == "Mien is ready"
            yield url, process
        finally:
            process.terminate()


def test_the_wheel_serves_the_page_and_analyzes_a_frame(programs: Path, tmp_path: Path) -> None:
    with _serving(programs, tmp_path) as (url, process):
        for path in ("/", "/static/js/main.js", "/static/vendor/socket.io.js"):
            assert urlopen(url + path).status == 200
        with connected(url) as client:
            ack = client.call("frame", {"seq": 0}, jpeg(0.0))
            assert (ack["status"], len(ack["faces"])) == ("analysed", 1)
            for model in ("emotion", "age", "gender"):
                assert client.wait_for("prediction", model=model)["faces"]
        process.terminate()
        assert process.wait(30) == 0


def test_a_reader_of_the_readme_can_run_its_client(programs: Path, tmp_path: Path) -> None:
    """The package that the page names is enough to run its program."""
    [package] = re.findall(r"uv pip install \"([^\"]+)\"", README)
    [client] = re.findall(r"```python\n([^`]*import socketio[^`]*)```", README)
    install = [UV, "pip", "install", "--quiet", "--system-certs", "--python", programs / "python"]
    subprocess.run([*install, package], check=True)
    (tmp_path / "face.jpg").write_bytes(jpeg(0.0))

    with _serving(programs, tmp_path) as (url, _):
        program = client.replace("http://127.0.0.1:5000", url)
        command = [programs / "python", "-c", program]
        done = subprocess.run(
            command, cwd=tmp_path, env=CLEAN, capture_output=True, text=True, check=True
        )

    assert "'status': 'analysed'" in done.stdout
    assert set(re.findall(r"^(emotion|age|gender) ", done.stdout, re.MULTILINE)) == {
        *("emotion", "age", "gender")
    }


def test_the_commands_work_from_an_installed_wheel(programs: Path, tmp_path: Path) -> None:
    assert _mien(programs, tmp_path, "--version").stdout == "1.0.0\n"
    assert _mien(programs, tmp_path, "models").stdout.startswith("emotion, version 1\n")
    check = _mien(programs, tmp_path, "check")
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_library_works_from_an_installed_wheel(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(jpeg(0.0))

    done = subprocess.run(
        [programs / "python", "-c", LIBRARY],
        cwd=tmp_path,
        env=CLEAN,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.findall(r"'(\w+)':", done.stdout) == ["emotion", "age", "gender"]


def test_the_wheel_contains_no_tests_or_checkout_files(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    code = set(included) - {"static", "templates"}  # These are in `web/page`.
    assert {name.split("/")[0] for name in names} == code | {"mien-1.0.0.dist-info"}
    assert not code & {"benchmarks", "clients", "deploy", "tests"}
    assert not [name for name in names if "/." in name or "__pycache__" in name]
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names}


def test_the_source_package_builds_without_npm(packages: Path) -> None:
    [archive] = packages.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        names = {name.partition("/")[2] for name in source.getnames()}

    assert {"hatch_build.py", "app.py", "static/vendor/socket.io.js", "tests/conftest.py"} <= names
    assert not [name for name in names if name.startswith(("node_modules", ".venv", ".cache"))]
