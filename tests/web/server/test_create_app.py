"""`create_app` has no side effects: no thread and no process starts before the app serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from web.settings import ROOT

PROGRAM = """
import json, sys
from web.transport.green_threads import patch_standard_library

mode = sys.argv[1]
if mode == "eventlet":
    patch_standard_library()
import threading

import psutil

import app
from web.server.runtime import runtime_of
from web.settings import Settings
from web.settings.server import ServerSettings

started, start = [], threading.Thread.start

def record(thread):
    started.append(thread.name)
    start(thread)

threading.Thread.start = record
if mode == "eventlet":
    from engineio.async_drivers import eventlet as driver

    spawn = driver.spawn
    driver.spawn = lambda *task: started.append(str(task)) or spawn(*task)

settings = Settings(server=ServerSettings(async_mode=mode))
report = {"built by import": "app" in vars(app)}
before = psutil.Process().num_threads()
apps = [app.create_app(settings) for _ in range(2)]
report["started"] = started[:]
report["children"] = len(psutil.Process().children())
report["native threads"] = psutil.Process().num_threads() - before
runtimes = [runtime_of(each) for each in apps]
status = apps[0].test_client().get("/healthz").status_code
report["first request"] = [status, len(psutil.Process().children()), bool(started)]
report["running"] = [each.is_started for each in runtimes]
for each in runtimes:
    each.close()
print(json.dumps(report), flush=True)
import os
os._exit(0)
"""


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What happens in a process that builds two apps, and sends a request to the first."""
    environment = {name: value for name, value in os.environ.items() if "MIEN_" not in name}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, request.param],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_importing_app_py_builds_nothing(report: dict[str, Any]) -> None:
    assert report["built by import"] is False


def test_two_apps_are_built_without_a_thread_or_a_process(report: dict[str, Any]) -> None:
    assert report["started"] == []
    assert report["children"] == 0
    assert report["native threads"] == 0


def test_the_first_request_starts_only_its_own_app(report: dict[str, Any]) -> None:
    assert report["first request"] == [200, 1, True]
    assert report["running"] == [True, False]
