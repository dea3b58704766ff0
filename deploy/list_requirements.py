"""Prints a selection of the requirements in pyproject.toml, one per line.

`make lock` pipes them into uv, so that each image installs only what it uses.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def main() -> None:
    """Prints the requirements that the command line selects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", help="list this extra, instead of the service")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="only these")
    parser.add_argument("--without", nargs="+", default=(), metavar="NAME", help="all but these")
    options = parser.parse_args()
    wanted = select(read_requirements(options.extra), options.only, options.without)
    print("\n".join(wanted))


def read_requirements(extra: str | None = None) -> list[str]:
    """The requirements of the service, or of one extra."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    found: list[str] = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return found


def select(requirements: list[str], only: Iterable[str], without: Iterable[str]) -> list[str]:
    """The requirements with one of the names in `only`, if any, and none of those in `without`.

    Raises:
        ValueError: A name is not among the requirements.
    """
    by_name = {re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0]: each for each in requirements}
    if unknown := {*only, *without} - by_name.keys():
        raise ValueError(f"pyproject.toml does not list {', '.join(sorted(unknown))}.")
    names = set(only or by_name) - set(without)
    return [requirement for name, requirement in by_name.items() if name in names]


if __name__ == "__main__":
    main()
