"""Fetches the page's third-party files from npm into static/vendor/.

`make setup` and the build of a wheel run it, so it uses the standard library only. npm installs
what `package-lock.json` names, in a temporary folder, and `vendor.mjs` copies the few files that
the page loads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static" / "vendor"
SOURCES = (".npmrc", "package.json", "package-lock.json", "vendor.mjs")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def main() -> None:
    """Fetches the files, or ends the process with what to do."""
    environment = npm_environment()
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        sys.exit("npm is not installed. Install Node.js 20 or newer, or run `make setup`.")
    with tempfile.TemporaryDirectory(prefix="mien-page-") as folder:
        for name in SOURCES:
            shutil.copy(ROOT / name, folder)
        try:
            _run([npm, "ci", "--omit=dev", "--ignore-scripts"], environment, folder)
            _run([npm, "run", "--silent", "vendor"], environment, folder)
        except subprocess.CalledProcessError as error:
            sys.exit(f"npm could not install the page's packages:\n{error.stdout}")
        shutil.copytree(Path(folder, "static", "vendor"), VENDOR, dirs_exist_ok=True)


def npm_environment() -> dict[str, str]:
    """The environment for npm.

    A Node that was installed as a Python package is beside this Python's executable. Node trusts
    only its own list of certificates; a company's own are in the system's list.
    """
    environment = dict(os.environ)
    folders = [str(Path(sys.executable).parent), environment.get("PATH", os.defpath)]
    environment["PATH"] = os.pathsep.join(folders)
    if CERTIFICATES.is_file():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    return environment


def _run(command: list[str], environment: dict[str, str], folder: str) -> None:
    subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


if __name__ == "__main__":
    main()
