"""Fails where the virtual environment of the Python that runs this is of no use any more.

`make` runs it before anything else, and makes the environment anew. Where the interpreter itself is
gone, not even this runs.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path


def main() -> int:
    """An exit code: 0 where the environment is whole."""
    return 0 if has_packages() and is_in_place(Path(sys.prefix)) else 1


def has_packages() -> bool:
    """Whether this Python's version is the one that the packages were installed for."""
    return Path(sysconfig.get_path("purelib")).is_dir()


def is_in_place(prefix: Path) -> bool:
    """Whether the folder is where it was made, since its scripts name that."""
    lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    made_by = next((line for line in lines if line.startswith("command = ")), "")
    _, _, folder = made_by.partition(" -m venv ")
    options = ("--without-pip ", "--clear ")
    for option in options:
        folder = folder.replace(option, "", 1)
    return not folder or Path(folder).exists()


if __name__ == "__main__":
    sys.exit(main())
