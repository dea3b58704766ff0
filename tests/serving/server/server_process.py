"""Runs `python -m serving` as a process."""

from __future__ import annotations

import re


def address(process):
    """Waits until a server is ready."""
    line = process.stdout.readline()
    return re.fullmatch(r"model server ready on (127\.0\.0\.1:\d+|unix:\S+)\n", line)[1]


def ended(process):
    """Waits until a process has ended, and gives its exit code and what it said last."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err
