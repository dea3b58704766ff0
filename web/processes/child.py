"""One app process, as its parent sees it: started, watched, and started again when it exits."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from web.processes.place import Place
from web.settings import ROOT

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
APP = ROOT / "app.py"


class Child:
    """An app process.

    Args:
        place: Its place.
        environment: Its environment.

    Attributes:
        place: Its place.
        control: Socket on which it tells its state; None while it does not run.
        lines: What it has told since its start.
    """

    def __init__(self, place: Place, environment: Mapping[str, str]) -> None:
        self.place = place
        self.control: socket.socket | None = None
        self.lines: list[str] = []
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._started = self._next_start = 0.0

    @property
    def takes_connections(self) -> bool:
        """Whether it has started to serve."""
        return bool(self.lines)

    @property
    def state(self) -> str | None:
        """What it says about its models, once it knows."""
        return self.lines[1] if len(self.lines) > 1 else None

    def start(self) -> None:
        """Starts the process.

        Raises:
            OSError: It cannot be started.
        """
        self.lines = []
        self._started = time.monotonic()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(APP), *self.place.to_arguments()],
                stdin=theirs.fileno(),
                env={**os.environ, **self._environment},
                pass_fds=(self.place.inbox, *self.place.outboxes),
            )
        self.control = ours

    def start_first(self) -> None:
        """Starts the process, unless it was started before."""
        if not self._started:
            self.start()

    def read(self) -> None:
        """Reads what it tells, when `control` is readable."""
        data = self.control.recv(4096) if self.control else b""
        self.lines += data.decode().splitlines()
        if not data:
            self._hang_up()

    def exit_code(self) -> int | None:
        """Its exit code; None while it runs, or after `start_later`."""
        return self._process.poll() if self._process else None

    def start_later(self) -> None:
        """Plans the next start after an exit. One that keeps exiting has to wait longer."""
        now = time.monotonic()
        if now - self._started > LONGEST_PAUSE_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        log.warning(
            "App process %d exited with code %s. Restarting it in %.1f s.",
            self.place.index,
            self.exit_code(),
            self._pause,
        )
        self._hang_up()
        self._process, self._next_start = None, now + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)

    def start_if_due(self) -> bool:
        """Starts it again if its pause is over."""
        if self._process or not self._started or time.monotonic() < self._next_start:
            return False
        try:
            self.start()
        except OSError as error:  # No memory, files or processes are left at the moment.
            log.error("App process %d cannot be started: %s.", self.place.index, error)
            self._next_start = time.monotonic() + self._pause
            return False
        return True

    def terminate(self) -> None:
        """Tells it to stop."""
        if self._process:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Waits for its end, and kills it at the deadline."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self._process.kill()
        self._process.wait()
        self._hang_up()

    def _hang_up(self) -> None:
        self.lines = []
        if self.control:
            self.control.close()
            self.control = None
