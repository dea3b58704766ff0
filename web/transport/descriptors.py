"""Room for open files: every connection needs one."""

from __future__ import annotations

import resource

RESERVED = 200
"""Files that are no client's connection: log, model server, static files, metrics, probes."""


def raise_limit() -> None:
    """Raises the process's soft limit of open files to its hard one."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def room_for(connections: int) -> int:
    """Returns how many of this many connections the limit of open files leaves room for."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return connections
    return min(connections, max(1, soft - RESERVED))
