"""Deployment to a Procfile host, with the web process run by honcho."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from tests.deploy.sandbox import is_alive
from tests.support.app_process import free_port, get_status
from tests.support.moving_face import jpeg
from tests.web.recorder import connected
from web.settings import ROOT, read_settings

# What Heroku's buildpack sets for gunicorn, wanted or not.
HEROKU = {"GUNICORN_CMD_ARGS": "--access-logfile -", "WEB_CONCURRENCY": "2"}
MANIFEST = json.loads((ROOT / "app.json").read_text())
PAGE = (ROOT / "docs" / "how-to" / "procfile-hosts.md").read_text(encoding="utf-8")
PROGRAMS = Path(sys.executable).parent
PACKAGE = json.loads((ROOT / "package.json").read_text())


class Hosted(NamedTuple):
    """The web process, with the host that runs it."""

    url: str
    host: subprocess.Popen[str]


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    """The Procfile's web process, started by the page's command and ready."""
    port = free_port()
    with subprocess.Popen(
        ["bash", "-c", f"exec env {_command(port)}"],
        cwd=ROOT,
        env={**os.environ, **HEROKU, "PATH": _path_without(PROGRAMS)},
        stdout=subprocess.PIPE,
        text=True,
    ) as host:
        try:
            _await_ready(f"http://127.0.0.1:{port}", host)
            yield Hosted(f"http://127.0.0.1:{port}", host)
        finally:
            host.terminate()


def _command(port: int) -> str:
    """The page's command, with this port and with the programs of these tests."""
    (command,) = re.findall(r"`([^`]*honcho start)`", PAGE)
    programs = re.sub(r"(\$PWD/)?\.venv/bin", str(PROGRAMS), command)
    return re.sub(r"\bPORT=\d+", f"PORT={port}", programs)


def _path_without(folder: Path) -> str:
    """PATH of a shell outside the virtual environment."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(each for each in folders if Path(each) != folder)


def _await_ready(url: str, host: subprocess.Popen[str]) -> None:
    while get_status(f"{url}/readyz") != 200:
        assert host.poll() is None, host.communicate()
        time.sleep(0.05)


def test_the_web_process_answers_a_frame_and_ends_cleanly(hosted: Hosted) -> None:
    started = psutil.Process(hosted.host.pid).children(recursive=True)
    with connected(hosted.url) as client:
        ack = client.call("frame", {"seq": 0}, jpeg(0.0))
        assert (ack["status"], len(ack["faces"])) == ("analysed", 1)
        hosted.host.terminate()
        assert client.wait_for("session_expired")["reason"] == "shutdown"
        output = hosted.host.communicate()[0]
    assert "web.1 stopped (rc=0)" in output
    assert "SIGKILL" not in output
    assert "GET /" not in output  # An address may hold the access token.
    assert not [process for process in started if is_alive(process)]


def test_every_setting_that_the_host_asks_for_is_one_of_the_apps() -> None:
    assert read_settings(dict.fromkeys(MANIFEST["env"], "host:1"))
    assert all(setting["description"] for setting in MANIFEST["env"].values())


def test_the_page_is_built_before_the_app() -> None:
    assert [each["url"] for each in MANIFEST["buildpacks"]] == ["heroku/nodejs", "heroku/python"]
    assert PACKAGE["scripts"]["build"] == "npm run vendor"


def test_the_build_leaves_out_what_the_service_does_not_need(tmp_path: Path) -> None:
    """The host's own step, which runs after `npm ci` and before pip."""
    for name in ("package.json", "requirements.txt", "vendor.mjs"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "locks", tmp_path / "locks")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")

    subprocess.run(["npm", "run", "--silent", "heroku-postbuild"], cwd=tmp_path, check=True)

    assert (tmp_path / "static/vendor/socket.io.js").is_file()
    asked = set(re.findall(r"^\S+==\S+", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    installed = (tmp_path / "requirements.txt").read_text()
    left_out = asked - set(re.findall(r"^\S+==\S+", installed, re.MULTILINE))
    assert {each.split("==")[0] for each in left_out} == {"pytest", "tensorflow-serving-api"}
    assert "--hash=sha256:" in installed


def test_the_python_version_matches_the_images() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    assert f"python:{version}-slim" in (ROOT / "deploy/docker/app.Dockerfile").read_text()
