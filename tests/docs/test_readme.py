"""The README's commands do what the README says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.app_process import AppProcess, free_port, get_status, running_app
from benchmarks.moving_face import jpeg
from web.config import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKE_COMMANDS = sorted(set(re.findall(r"^make \w+|`(make [^`]*)`", README, re.MULTILINE)) - {""})


def _program() -> str:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    return str(program)


@pytest.fixture(scope="module")
def app() -> Iterator[AppProcess]:
    with running_app() as process:
        yield process


def test_the_example_program_prints_the_answers(app: AppProcess, tmp_path: Path) -> None:
    (tmp_path / "face.jpg").write_bytes(jpeg(0.0))
    program = _program().replace("http://127.0.0.1:5000", app.url)
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "'status': 'analysed'" in result.stdout
    for model in ("emotion", "age", "gender"):
        assert f"{model} " in result.stdout


@pytest.mark.parametrize("variables", ["", "HTTPS=1"])
def test_make_run_prints_an_address_that_is_ready(variables: str) -> None:
    command = ["make", "run", f"PORT={free_port()}", *shlex.split(variables)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if line.startswith("Mien is ready: "))
        (address, *_) = re.findall(r"https?://\S+", line)
        assert get_status(f"{address}/readyz") == 200
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            if "app.py" in child.cmdline():
                child.terminate()
        process.communicate(timeout=30)


def test_gunicorn_serves_the_app() -> None:
    (command,) = re.findall(r"`(\.venv/bin/gunicorn [^`]*)`", README)
    assert shlex.split(command)[1:] == ["-k", "eventlet", "-w", "1", "app:app"]
    with running_app("gunicorn") as process:
        assert get_status(f"{process.url}/") == 200


@pytest.mark.parametrize("command", MAKE_COMMANDS)
def test_every_make_command_of_the_readme_exists(command: str) -> None:
    words = shlex.split(command)
    subprocess.run([*words[:1], "--dry-run", *words[1:]], cwd=ROOT, check=True, capture_output=True)


def test_every_file_that_the_documentation_points_to_exists() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"
