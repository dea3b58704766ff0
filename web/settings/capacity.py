"""Numbers of sessions and connections that follow from the machine: the value `auto`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from process.cores import available_cores

FRAME_CPU_MS = 4.5
"""Processor time of a frame of 640 x 480 with one face, app and model server together, on a core
that is kept busy: the webcams on one core of docs/experiments/benchmark.md."""

LEAST_FRAMES_PER_SECOND = 5
"""When all sessions are in use, each can still have this many frames analyzed."""

CORES_PER_PROCESS = 3
"""An app process with its model server keeps no more cores busy, by default."""

LEAST_CONNECTIONS = 1000


def auto_sessions(processes: int = 1, cores: int | None = None) -> int:
    """Sessions that the cores can give 5 frames/s each: 44 per core.

    Args:
        processes: Number of app processes.
        cores: Number of cores; those of this process by default.
    """
    used = min(cores or available_cores(), CORES_PER_PROCESS * processes)
    return round(used * 1000 / (FRAME_CPU_MS * LEAST_FRAMES_PER_SECOND))


def auto_sessions_per_address(processes: int = 1) -> int:
    """Half of them."""
    return auto_sessions(processes) // 2


def auto_connections(processes: int = 1) -> int:
    """Two connections for each of these sessions, and at least 1000."""
    return max(LEAST_CONNECTIONS, 2 * auto_sessions(processes))


def auto_connections_per_address(processes: int = 1) -> int:
    """Half of them."""
    return auto_connections(processes) // 2


AUTO_NUMBERS: Mapping[str, Mapping[str, Callable[[int], int]]] = {
    "sessions": {
        "max_sessions": auto_sessions,
        "max_sessions_per_address": auto_sessions_per_address,
    },
    "limits": {
        "max_connections": auto_connections,
        "max_connections_per_address": auto_connections_per_address,
    },
}
"""Group -> setting -> its number for a number of app processes."""
