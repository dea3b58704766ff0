"""The embedded model server on its own, for apps that share it or for its metrics."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from web.settings import ROOT


@contextmanager
def running_model_server(
    *options: str, folder: Path = ROOT, python: str = sys.executable
) -> Iterator[tuple[psutil.Process, str]]:
    """Starts a model server and yields its process and address.

    Args:
        options: More options of its command line.
        folder: The checkout to run.
        python: Interpreter of its environment.
    """
    command = [python, "-m", "serving", "--port", "0", "--exit-with-stdin", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        yield psutil.Process(process.pid), process.stdout.readline().split()[-1]
        process.terminate()
