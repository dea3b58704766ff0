"""Description of a run: date, command, machine and commit."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence

from benchmarks.machine import describe_date, describe_machine
from web.settings import ROOT


def describe_run(command: str, arguments: Sequence[str]) -> dict[str, str]:
    """Date, command, machine and commit by name."""
    return {
        "Date": describe_date(),
        "Command": shlex.join([*shlex.split(command), *arguments]),
        "Machine": describe_machine(),
        "Commit": _commit(),
    }


def _commit() -> str:
    """Short name of the checkout's commit; empty outside of a checkout."""
    words = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
