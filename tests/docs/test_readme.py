"""The README's commands do what the README says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from socketio.exceptions import ConnectionError

from tests.support.app_process import AppProcess, free_port, get_status, running_app
from tests.support.moving_face import jpeg
from tests.web.recorder import connected
from web.settings import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKE_COMMANDS = sorted(set(re.findall(r"(?:^|`)(make \w[^`#\n]*\w)", README, re.MULTILINE)))


def _program() -> str:
    programs = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (program,) = (text for text in programs if "import socketio" in text)
    return str(program)


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


@contextmanager
def _running(command: str, **stand_ins: str) -> Iterator[tuple[str, psutil.Process]]:
    """Runs a `make run` that the README has.

    Args:
        command: As the README has it.
        stand_ins: What stands there for the reader to fill in -> what it is here.

    Yields:
        The address that it prints, and its process.
    """
    assert f"`{command}`" in README
    for setting, value in stand_ins.items():
        command = re.sub(rf"{setting}=\S+", f"{setting}={value}", command)
    words = ["env", *shlex.split(command), f"PORT={free_port()}"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        make = psutil.Process(process.pid)
        try:
            line = next(line for line in process.stdout if line.startswith("Mien is ready: "))
            yield re.findall(r"https?://[^\s/]+", line)[0], make
        finally:
            for child in make.children(recursive=True):
                if "app.py" in child.cmdline():
                    child.terminate()
            process.communicate(timeout=30)


@pytest.mark.parametrize("command", ["make run PORT=5055", "make run HTTPS=1"])
def test_make_run_prints_an_address_that_is_ready(command: str) -> None:
    with _running(command) as (address, _):
        assert get_status(f"{address}/readyz") == 200


def test_a_token_lets_in_those_who_have_it() -> None:
    command = "MIEN_ACCESS_TOKEN=... make run"
    with _running(command, MIEN_ACCESS_TOKEN="sesame") as (address, _):
        assert get_status(f"{address}/") == 200
        with pytest.raises(ConnectionError), connected(address):
            pass
        with connected(address, auth={"token": "sesame"}) as client:
            assert client.wait_for("session")


def test_another_model_server_takes_the_place_of_the_embedded_one() -> None:
    target = f"127.0.0.1:{free_port()}"
    server = [sys.executable, "-m", "serving", "--port", target.split(":")[1]]
    command = "MIEN_MODEL_SERVER=host:8500 make run"
    with subprocess.Popen(server, cwd=ROOT, stderr=subprocess.DEVNULL) as models:
        try:
            with _running(command, MIEN_MODEL_SERVER=target) as (address, make):
                assert get_status(f"{address}/readyz") == 200
                children = make.children(recursive=True)
                assert not [child for child in children if "serving" in child.cmdline()]
        finally:
            models.terminate()


def test_gunicorn_serves_the_app() -> None:
    (command,) = re.findall(r"`(\.venv/bin/gunicorn [^`]*)`", README)
    assert shlex.split(command)[1:] == ["-k", "eventlet", "-w", "1", "app:app"]
    with running_app("gunicorn") as process:
        assert get_status(f"{process.url}/") == 200


def test_the_readme_names_the_two_commands_of_a_newcomer() -> None:
    assert {"make run", "make test"} <= set(MAKE_COMMANDS)


@pytest.mark.parametrize("command", MAKE_COMMANDS)
def test_every_make_command_of_the_readme_exists(command: str) -> None:
    words = shlex.split(command)
    subprocess.run([*words[:1], "--dry-run", *words[1:]], cwd=ROOT, check=True, capture_output=True)
