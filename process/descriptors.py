"""Limit of open files; every connection needs one."""

from __future__ import annotations

import resource

RESERVED = 200
"""Files besides the clients' connections: log, model server, static files, metrics, probes."""


def raise_limit() -> None:
    """Raises the process's soft limit of open files to its hard limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def room_for(connections: int) -> int:
    """Returns the number of connections, lowered to what the limit of open files allows."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return connections
    return min(connections, max(1, soft - RESERVED))
