"""Embedded model server: a child process that ends with its parent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from process.private_folder import PrivateFolder
from serving.supervisor import Supervisor


class NoEmbeddedServerError(OSError):
    """This installation has no embedded server, like the app's image."""


def unix_target(socket: Path) -> str:
    """A Unix socket as a gRPC target."""
    return f"unix:{quote(str(socket))}"


class EmbeddedServer:
    """The embedded model server, which is restarted whenever it exits or hangs.

    It listens on a Unix socket in a folder that only this user may enter. No other user can call
    it, or take its place while it is down.

    Args:
        models: Folder of the SavedModels.
        contract: The contract's file.
        options: More options of its command line.
        on_restart: Called after each restart.
        socket: Path of its socket, in a private folder. If None, it makes such a folder.

    Attributes:
        target: Address as a gRPC target.

    Raises:
        NoEmbeddedServerError: The package `serving.server` is missing, as in the app's image.
        FileNotFoundError: The folder of models does not exist.
    """

    def __init__(
        self,
        models: Path,
        contract: Path,
        options: Sequence[str] = (),
        on_restart: Callable[[], object] | None = None,
        socket: Path | None = None,
    ) -> None:
        if find_spec("serving.server") is None:
            raise NoEmbeddedServerError(
                "The embedded model server is not installed here. "
                "Name another model server with MIEN_MODEL_SERVER=host:port."
            )
        if not models.is_dir():
            raise FileNotFoundError(f"MIEN_MODELS={str(models)!r} is not a folder.")
        self._folder: PrivateFolder | None = None
        if socket is None:
            self._folder = PrivateFolder()
            socket = self._folder.path / "s"
        self.target = unix_target(socket)
        self._command = [
            *(sys.executable, "-m", "serving", "--socket", str(socket)),
            *("--models", str(models), "--contract", str(contract)),
            *options,
            "--exit-with-stdin",
        ]
        self._on_restart = on_restart
        self._supervisor: Supervisor | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running server, or None before the start."""
        return self._supervisor.pid if self._supervisor else None

    def start(self) -> None:
        """Starts the server, unless it is already running.

        Raises:
            OSError: The process cannot be started.
        """
        if self._supervisor is None:
            self._supervisor = Supervisor(self._command, self.target, self._on_restart)

    def close(self) -> None:
        """Ends the server."""
        if self._supervisor:
            self._supervisor.close()
        if self._folder:
            self._folder.remove()
