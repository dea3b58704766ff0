"""The real app as a child process, started as people start it."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import quote

import psutil

from web.settings import ROOT

Mode = Literal["eventlet", "gunicorn", "threading"]
# By default these follow from the machine, which the tests should not. Older checkouts lack them.
MANY_SESSIONS = {"MIEN_MAX_SESSIONS": "500", "MIEN_MAX_SESSIONS_PER_ADDRESS": "250"}
STATUS_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 15


class AppProcess:
    """A running app.

    Args:
        mode: `python app.py` with eventlet or threads, or gunicorn with its eventlet worker.
        settings: `MIEN_` variables, and others.
        log: Open file for what it writes to standard error; ours by default.
        folder: The checkout to run.
        python: Interpreter of its environment.
    """

    def __init__(
        self,
        mode: Mode = "eventlet",
        settings: Mapping[str, str] | None = None,
        log: IO[Any] | None = None,
        folder: Path = ROOT,
        python: str = sys.executable,
    ) -> None:
        self.port = free_port()
        defaults = {"MIEN_PORT": str(self.port), "MIEN_LOG_LEVEL": "WARNING"}
        many = MANY_SESSIONS if folder == ROOT else {}
        settings = {**defaults, **many, **(settings or {})}
        if mode == "threading":
            settings["MIEN_ASYNC_MODE"] = "threading"
        scheme = "https" if settings.get("MIEN_HTTPS") == "1" else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        start = time.monotonic()
        self._process = subprocess.Popen(
            [python, *_arguments(mode, self.port)],
            cwd=folder,
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        self.process = psutil.Process(self._process.pid)
        self._start = start

    def await_status(self, path: str, status: int = 200) -> float:
        """Waits until a route answers with a status; returns the seconds since the start.

        Raises:
            TimeoutError: It did not within a minute.
        """
        deadline = time.monotonic() + STATUS_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ChildProcessError(f"the app ended with code {self._process.returncode}")
            if get_status(self.url + path) == status:
                return time.monotonic() - self._start
            time.sleep(0.02)
        raise TimeoutError(f"{path} did not answer {status} within a minute")

    @property
    def model_server(self) -> psutil.Process:
        """The embedded model server's process."""
        return next(
            child for child in self.process.children(recursive=True) if "serving" in child.cmdline()
        )

    @property
    def model_server_target(self) -> str:
        """Address of the embedded model server, in the form of `MIEN_MODEL_SERVER`."""
        command = self.model_server.cmdline()
        return f"unix:{quote(command[command.index('--socket') + 1])}"

    def stop(self) -> int:
        """Asks the app to end and returns its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


@contextmanager
def running_app(
    mode: Mode = "eventlet",
    *,
    ready: bool = True,
    log: IO[Any] | None = None,
    **settings: str,
) -> Iterator[AppProcess]:
    """Starts the app, waits until it is ready (or just alive), and ends it again."""
    app = AppProcess(mode, settings, log)
    try:
        app.await_status("/readyz" if ready else "/healthz")
        yield app
    finally:
        app.stop()


def free_port() -> int:
    """A TCP port that is free now on all addresses, since HTTPS is served on all of them."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return int(probe.getsockname()[1])


def get_status(url: str) -> int | None:
    """HTTP status of a GET, or None where nothing answers. Certificates are not checked."""
    unchecked: Any = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(url, timeout=2, context=unchecked) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _arguments(mode: Mode, port: int) -> list[str]:
    if mode != "gunicorn":
        return ["app.py"]
    worker = ["-k", "eventlet", "-w", "1", "--log-level", "warning"]
    return ["-m", "gunicorn", *worker, "-b", f"127.0.0.1:{port}", "app:app"]
