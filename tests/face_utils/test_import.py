"""Importing and opening the library: quick, silent, and without a trace on disk or network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

REPORT = """
import os, sys
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
SUSPECT = ("socket.", "subprocess.", "os.system", "os.mkdir", "os.rename", "os.remove", "urllib.")
QUIET = ("socket.__new__", "socket.gethostname")
seen = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        if arguments[0] != os.devnull:
            seen.append((event, str(arguments[0])))
    elif event.startswith(SUSPECT) and event not in QUIET:
        seen.append((event, repr(arguments)))

sys.addaudithook(watch)
"""
OPEN = """
import numpy as np
from face_utils import Analyzer
with Analyzer.open() as analyzer:
    analyzer.analyze(np.zeros((480, 640, 3), np.uint8))
"""


def run(program: str, home: Path) -> str:
    """Runs a program in an empty home folder, and gives what it printed."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    result = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.strip()


def test_importing_the_package_imports_nothing_else(tmp_path: Path) -> None:
    program = """
import sys
import face_utils
heavy = {"numpy", "cv2", "PIL", "pydantic", "openvino", "grpc", "flask", "serving"}
print(sorted(heavy & set(sys.modules)), face_utils.__version__)
"""
    assert run(program, tmp_path) == "[] 1.0.0"


def test_importing_the_analyzer_loads_no_server_and_no_models(tmp_path: Path) -> None:
    program = """
import sys
from face_utils import Analyzer
print(sorted({"openvino", "grpc", "flask", "socketio", "eventlet", "serving"} & set(sys.modules)))
"""
    assert run(program, tmp_path) == "[]"


@pytest.mark.parametrize(
    "program",
    ["import face_utils\n", pytest.param(OPEN, marks=pytest.mark.integration)],
    ids=["import", "open"],
)
def test_no_file_is_written_and_no_address_contacted(program: str, tmp_path: Path) -> None:
    assert run(f"{REPORT}{program}print(seen)", tmp_path) == "[]"
    assert list(tmp_path.iterdir()) == []


def test_the_report_sees_files_and_sockets(tmp_path: Path) -> None:
    program = """
import socket
open("a", "w").close()
try:
    socket.create_connection(("127.0.0.1", 1), timeout=1)
except OSError:
    pass
print([event for event, _ in seen])
"""
    assert run(REPORT + program, tmp_path) == "['open', 'socket.getaddrinfo', 'socket.connect']"


@pytest.mark.integration
def test_opening_loads_neither_flask_nor_eventlet(tmp_path: Path) -> None:
    program = f"""
import sys
{OPEN}
servers = {{"flask", "socketio", "engineio", "eventlet", "web", "tensorflow"}}
print(sorted(servers & set(sys.modules)))
"""
    assert run(program, tmp_path) == "[]"
