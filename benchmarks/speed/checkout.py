"""The two versions that are compared, each in the environment that its `make run` installs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.end_to_end import on_cores
from tests.support.app_process import AppProcess
from web.settings import ROOT

BENCH = ROOT / ".cache" / "bench"
BASE = "5fc0e01"
VENDOR = Path("static") / "vendor"


@dataclass(frozen=True)
class Checkout:
    """A version of Mien.

    Attributes:
        name: Its commit.
        folder: Its source.
        python: Interpreter of its environment.
    """

    name: str
    folder: Path
    python: str

    @contextmanager
    def running(self, cores: Collection[int] = (), **settings: str) -> Iterator[AppProcess]:
        """Runs the app and its model server until the block ends.

        Args:
            cores: Cores of both processes; empty: all.
            settings: Settings of the app.
        """
        with on_cores(cores):
            app = AppProcess(settings=settings, folder=self.folder, python=self.python)
        try:
            app.await_status("/readyz")
            yield app
        finally:
            app.stop()

    def start_seconds(self) -> float:
        """Starts the app once and returns the seconds until it was ready."""
        app = AppProcess(folder=self.folder, python=self.python)
        try:
            return app.await_status("/readyz")
        finally:
            app.stop()


def base_checkout() -> Checkout:
    """Returns the earlier commit, with this checkout's page assets.

    Raises:
        FileNotFoundError: It has not been built.
    """
    folder = BENCH / BASE
    _check(folder / ".complete")
    # They come from npm in the same versions, so they are not downloaded again.
    shutil.copytree(ROOT / VENDOR, folder / VENDOR, dirs_exist_ok=True)
    return Checkout(BASE, folder, str(folder / ".venv" / "bin" / "python"))


def present_checkout() -> Checkout:
    """Returns this checkout.

    Raises:
        FileNotFoundError: Its environment has not been built.
    """
    folder = BENCH / "runtime"
    _check(folder / ".complete")
    return Checkout(_describe_commit(), ROOT, str(folder / "bin" / "python"))


def _check(marker: Path) -> None:
    if not marker.exists():
        raise FileNotFoundError(f"{marker.parent} is missing. `make bench` creates it.")


def _describe_commit() -> str:
    command = ["git", "describe", "--always", "--dirty= with changes", "--exclude=*"]
    result = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return result.stdout.strip()
