"""Describes the machine and the date of a measurement."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from pathlib import Path


def describe_machine() -> str:
    """Returns the processors and the Python version in a few words."""
    models = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return f"{len(models)} x {models[0]}, Python {platform.python_version()}"


def describe_date() -> str:
    """Returns today's date in UTC, as `2026-11-27`."""
    return f"{datetime.now(UTC):%Y-%m-%d}"
