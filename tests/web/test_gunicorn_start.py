"""Gunicorn with an app that cannot start."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.app_process import free_port
from web.config import ROOT


def test_gunicorn_gives_up_instead_of_trying_without_end() -> None:
    settings = {"MIEN_DETECTOR": "blazeface", "MIEN_BLAZEFACE": "/nowhere.tflite"}
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "app:app"],
        cwd=ROOT,
        env={**os.environ, **settings, "MIEN_PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.count("Mien cannot start") == 1
