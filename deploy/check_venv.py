"""Exits with 1 if the virtual environment of the Python that runs this is broken.

`make` runs it first and recreates the environment if needed. If the interpreter itself is missing,
this script does not start.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path


def main() -> int:
    """Returns the exit code: 0 if the environment works."""
    return 0 if has_packages() and is_in_place(Path(sys.prefix)) else 1


def has_packages() -> bool:
    """Whether the packages were installed for this version of Python."""
    return Path(sysconfig.get_path("purelib")).is_dir()


def is_in_place(prefix: Path) -> bool:
    """Whether the folder is where it was created, since the scripts in it contain its path."""
    lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    created_by = next((line for line in lines if line.startswith("command = ")), "")
    _, _, folder = created_by.partition(" -m venv ")
    options = ("--without-pip ", "--clear ")
    for option in options:
        folder = folder.replace(option, "", 1)
    return not folder or Path(folder).exists()


if __name__ == "__main__":
    sys.exit(main())
