"""Supervisor of a child process: starts it, and restarts it when it exits or hangs."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from process.spare_files import SpareFiles
from serving.heartbeat import Heartbeat

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.25
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
STOP_TIMEOUT_SECONDS = 5.0


class Supervisor:
    """Keeps a model server running, from its creation until it is closed.

    The child's standard input is a pipe to this process. When this process ends for any reason, the
    pipe closes and the child exits too.

    Args:
        command: Command line of the child, which exits at the end of its standard input.
        target: Address that the child listens on, as a gRPC target.
        on_restart: Called after each restart.

    Raises:
        OSError: The child cannot be started.
    """

    def __init__(
        self, command: Sequence[str], target: str, on_restart: Callable[[], object] | None = None
    ) -> None:
        self._command = command
        self._on_restart = on_restart
        self._stop = Event()
        self._spare_files = SpareFiles()
        self._process = self._start()
        self._heartbeat = Heartbeat(target)
        self._watcher = Thread(target=self._watch, name="model-server-watch", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        """Process id of the running child."""
        return self._process.pid

    def close(self) -> None:
        """Ends the child."""
        self._stop.set()
        self._watcher.join()  # Otherwise it might start another child.
        self._heartbeat.close()
        self._spare_files.release()
        with self._process:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        self._spare_files.release()
        try:
            return subprocess.Popen(
                self._command,
                cwd=Path(__file__).parent.parent,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )
        finally:
            self._spare_files.restock()

    def _watch(self) -> None:
        pause, started = FIRST_PAUSE_SECONDS, time.monotonic()
        while not self._stop.wait(CHECK_SECONDS):
            code = self._process.poll()
            if code is None:
                self._check_health()
                continue
            if time.monotonic() - started > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            log.warning(
                "The model server exited with code %d. Restarting it in %.1f s.", code, pause
            )
            if self._stop.wait(pause):
                return
            # A child that keeps exiting soon after its start must not fill the log.
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            self._start_again()
            started = time.monotonic()

    def _check_health(self) -> None:
        # Without spare files, it may be this process that cannot connect.
        self._heartbeat.ask(counts=self._spare_files.restock())
        if self._heartbeat.is_lost:
            log.error("The model server does not respond. Restarting it.")
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_SECONDS)

    def _start_again(self) -> None:
        with self._process:  # Closes our end of its standard input.
            try:
                self._process = self._start()
            except OSError as error:  # No memory, files or processes are left at the moment.
                log.error("The model server cannot be started: %s. Trying again.", error)
            else:
                if self._on_restart:
                    self._on_restart()
        self._heartbeat.begin()


def _environment() -> dict[str, str]:
    """The environment without Mien's settings, such as the access token: the child needs none."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MIEN_")}
