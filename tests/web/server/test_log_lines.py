"""Log of a running app, under each server: single lines, no duplicates, no injected lines."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.support.app_process import AppProcess, Mode, running_app
from tests.web.engineio_client import PATH, TIMEOUT_SECONDS, Polling

FAKE = "2026-01-01 00:00:00,000 ERROR root fake"
MANY = 100


@dataclass
class Logged:
    """An app and the file of its log."""

    app: AppProcess
    path: Path

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()


@pytest.fixture(scope="module", params=["eventlet", "gunicorn", "threading"])
def mode(request: pytest.FixtureRequest) -> Mode:
    mode: Mode = request.param
    return mode


@pytest.fixture(params=["text", "json"])
def logged(
    request: pytest.FixtureRequest, app: AppProcess, mode: Mode, tmp_path: Path
) -> Iterator[Logged]:
    path = tmp_path / "log"
    settings = {"MIEN_MODEL_SERVER": app.model_server_target, "MIEN_LOG_FORMAT": request.param}
    with path.open("w") as log, running_app(mode, log=log, **settings) as own:
        yield Logged(own, path)


def test_a_client_starts_no_line_and_floods_no_log(logged: Logged) -> None:
    sid = "x%0A" + FAKE.replace(" ", "+")
    address = f"{logged.app.url}{PATH}&sid={sid}"
    with requests.Session() as http:
        http.trust_env = False
        for _ in range(MANY):
            assert http.get(address, timeout=TIMEOUT_SECONDS).status_code == 400
    for _ in range(MANY):
        with closing(Polling(logged.app)) as client:
            client.post("4" + "[" * 1100)
        with socket.create_connection(("127.0.0.1", logged.app.port)) as wire:
            wire.sendall(b"BAD\x1b[2J\x0b" + FAKE.encode() + b"\r\n\r\n")
            wire.recv(4096)
    lines = logged.lines()
    assert any("Invalid session" in line for line in lines)
    assert any("broken packet" in line for line in lines)
    assert not any(line.startswith(FAKE) for line in lines)
    assert len(lines) < MANY
    assert not any("Traceback" in line for line in lines)


def test_every_line_is_whole_and_none_is_written_twice(logged: Logged) -> None:
    requests.get(f"{logged.app.url}{PATH}&sid=unknown", timeout=TIMEOUT_SECONDS).close()
    lines = logged.lines()
    assert len([line for line in lines if "Invalid session" in line]) == 1
    if logged.path.read_text().startswith("{"):
        assert all(isinstance(json.loads(line), dict) for line in lines)
    else:
        assert all(line.startswith("20") for line in lines)
