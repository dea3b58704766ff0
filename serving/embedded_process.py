"""Runs the embedded model server as a child process that ends with its parent."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

from serving.heartbeat import Heartbeat
from serving.private_folder import PrivateFolder
from serving.spare_files import SpareFiles

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.25
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
STOP_TIMEOUT_SECONDS = 5.0


class NoEmbeddedServerError(OSError):
    """This installation comes without the embedded server, as the app's image does."""


class EmbeddedServer:
    """Starts the embedded model server and starts it again whenever it dies or hangs.

    It listens on a unix socket in a folder that only this user may enter: nobody else can call it,
    and nobody else can stand in for it while it is away.

    Its standard input is a pipe of ours: when this process ends, however it ends, the pipe
    closes and the child ends too.

    Args:
        models: Folder of the SavedModels.
        contract: The contract's file.
        options: More options of its command line.
        on_restart: Called after each start but the first.

    Attributes:
        target: Where it listens, as gRPC has it.

    Raises:
        NoEmbeddedServerError: OpenVINO is not installed.
        FileNotFoundError: There is no folder of models.
    """

    def __init__(
        self,
        models: Path,
        contract: Path,
        options: Sequence[str] = (),
        on_restart: Callable[[], object] | None = None,
    ) -> None:
        if find_spec("openvino") is None:
            raise NoEmbeddedServerError(
                "there is no embedded model server without OpenVINO; "
                "name another model server with MIEN_MODEL_SERVER=host:port."
            )
        if not models.is_dir():
            raise FileNotFoundError(f"MIEN_MODELS={str(models)!r} is no folder.")
        self._folder = PrivateFolder()
        self._socket = self._folder.path / "s"
        self.target = f"unix:{quote(str(self._socket))}"
        self._arguments = ["--models", str(models), "--contract", str(contract), *options]
        self._on_restart = on_restart
        self._stop = Event()
        self._spare_files = SpareFiles()
        self._process = self._start()
        self._heartbeat = Heartbeat(self.target)
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
        self._heartbeat.close()
        self._spare_files.release()
        with self._process:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._folder.remove()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "serving", "--socket", str(self._socket)]
        self._spare_files.release()
        try:
            return subprocess.Popen(
                [*command, *self._arguments, "--exit-with-stdin"],
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
            log.warning("the model server ended with code %d; again in %.1f s", code, pause)
            if self._stop.wait(pause):
                return
            # One that ends soon after its start, time and again, is not to fill the log.
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            self._start_again()
            started = time.monotonic()

    def _check_health(self) -> None:
        # Without a file to spare, it may be we who cannot connect.
        self._heartbeat.ask(counts=self._spare_files.restock())
        if self._heartbeat.is_lost:
            log.error("The model server does not answer. It is killed and started again.")
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_SECONDS)

    def _start_again(self) -> None:
        with self._process:  # Closes our end of its standard input.
            try:
                self._process = self._start()
            except OSError as error:  # No memory, files or processes left: perhaps next time.
                log.error("the model server cannot be started: %s", error)
            else:
                if self._on_restart:
                    self._on_restart()
        self._heartbeat.begin()


def _environment() -> dict[str, str]:
    """The environment without our settings, such as the access token: the command line has all."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MIEN_")}
