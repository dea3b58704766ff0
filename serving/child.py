"""Runs the embedded model server as a child process that ends with its parent."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.25
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
STOP_TIMEOUT_SECONDS = 5.0


class EmbeddedServer:
    """Starts the embedded model server and starts it again whenever it dies.

    Its standard input is a pipe of ours: when this process ends, however it ends, the pipe
    closes and the child ends too.

    Args:
        models: Folder of the SavedModels.
        contract: The contract's file.
    """

    def __init__(self, models: Path, contract: Path) -> None:
        self._port = _free_port()
        self.target = f"127.0.0.1:{self._port}"
        self._arguments = ["--models", str(models), "--contract", str(contract)]
        self._stop = Event()
        self._process = self._start()
        self._watcher = Thread(target=self._watch, name="model-server-watch", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        """Process id of the server that runs now."""
        return self._process.pid

    def close(self) -> None:
        """Ends the server."""
        self._stop.set()
        self._watcher.join()  # Or it might start another.
        with self._process:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "serving", "--port", str(self._port), *self._arguments]
        return subprocess.Popen(
            [*command, "--exit-with-stdin"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )

    def _watch(self) -> None:
        pause, started = FIRST_PAUSE_SECONDS, time.monotonic()
        while not self._stop.wait(CHECK_SECONDS):
            code = self._process.poll()
            if code is None:
                continue
            # One that ends soon after its start, time and again, is not to fill the log.
            lived_long = time.monotonic() - started > LONGEST_PAUSE_SECONDS
            pause = FIRST_PAUSE_SECONDS if lived_long else min(2 * pause, LONGEST_PAUSE_SECONDS)
            log.warning("the model server ended with code %d; again in %.1f s", code, pause)
            if not self._stop.wait(pause):
                with self._process:  # Closes our end of its standard input.
                    self._process, started = self._start(), time.monotonic()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
