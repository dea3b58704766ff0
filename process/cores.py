"""Number of processor cores that this process may use."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from pathlib import Path

CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")
"""Quota and period of a container, such as `150000 100000`, or `max 100000`."""


def available_cores(limit: Path = CGROUP_LIMIT) -> int:
    """Counts the cores, within the limits of a container; at least 1.

    Args:
        limit: File with the container's limit.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = limit.read_text(encoding="ascii").split()
        cores = min(cores, math.ceil(int(quota) / int(period)))
    return max(1, cores)
