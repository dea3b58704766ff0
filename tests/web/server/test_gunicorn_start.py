"""Gunicorn with settings or an app that cannot start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.app_process import free_port
from tests.support.gunicorn_settings import read_gunicorn_settings
from web.settings import ROOT


def _start(*options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gunicorn", *options, "app:app"],
        cwd=ROOT,
        env={**os.environ, **settings, "MIEN_PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_gunicorn_gives_up_instead_of_trying_without_end() -> None:
    done = _start(MIEN_DETECTOR="blazeface", MIEN_BLAZEFACE="/nowhere.tflite")
    assert done.returncode == 3
    assert done.stderr.count("Mien cannot start") == 1


@pytest.mark.parametrize(
    ("options", "settings", "sentence"),
    [
        (["-w", "2"], {}, "one worker"),
        (["-k", "gthread"], {}, "-k eventlet"),
        ([], {"MIEN_ASYNC_MODE": "threading"}, "MIEN_ASYNC_MODE=eventlet"),
        ([], {"MIEN_PROCESSES": "2"}, "Under gunicorn, remove it"),
        ([], {"MIEN_HTTPS": "1"}, "needs MIEN_TLS_CERTIFICATE and MIEN_TLS_KEY"),
    ],
    ids=str,
)
def test_gunicorn_refuses_what_would_do_harm(
    options: list[str], settings: dict[str, str], sentence: str
) -> None:
    done = _start(*options, **settings)
    assert done.returncode == 3
    assert sentence in done.stderr


def test_gunicorn_listens_on_an_address_of_ip_version_6() -> None:
    settings = read_gunicorn_settings(MIEN_HOST="::1", MIEN_PORT="5055")
    assert settings["bind"] == "[::1]:5055"
