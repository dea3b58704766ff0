"""Fault injection: kills and hangs of the model server at random times, determined by a seed."""

from __future__ import annotations

import random
import signal
from contextlib import suppress

import psutil

from benchmarks.attack.footprint import model_server

BETWEEN_SECONDS = (40.0, 150.0)
HANG_SECONDS = (3.0, 20.0)


class ModelFaults:
    """Kills the model server, or stops it for a while.

    Args:
        app_pid: Process id of the app.
        seed: Seed of the times and kinds.

    Attributes:
        kills: Number of SIGKILLs so far.
        hangs: Number of SIGSTOPs so far.
    """

    def __init__(self, app_pid: int, seed: int) -> None:
        self.kills = self.hangs = 0
        self._app_pid = app_pid
        self._random = random.Random(seed)
        self._hanging: psutil.Process | None = None
        self._next = self._random.uniform(*BETWEEN_SECONDS)

    def tick(self, now: float) -> None:
        """Injects or ends a fault that is due.

        Args:
            now: Seconds since the start.
        """
        if now < self._next:
            return
        if self._hanging is None:
            self._inject()
        else:
            self.release()
        spread = BETWEEN_SECONDS if self._hanging is None else HANG_SECONDS
        self._next = now + self._random.uniform(*spread)

    def release(self) -> None:
        """Lets a stopped model server continue, unless the app replaced it."""
        if self._hanging is not None:
            with suppress(psutil.NoSuchProcess):
                self._hanging.send_signal(signal.SIGCONT)
        self._hanging = None

    def _inject(self) -> None:
        is_kill = self._random.random() < 0.5
        try:
            server = model_server(self._app_pid)
            server.send_signal(signal.SIGKILL if is_kill else signal.SIGSTOP)
        except (ProcessLookupError, psutil.Error):
            return  # It is being restarted.
        self.kills += is_kill
        self.hangs += not is_kill
        self._hanging = None if is_kill else server
