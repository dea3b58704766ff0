"""CPU time of a process's main thread: where the event loop of the app runs."""

from __future__ import annotations

from pathlib import Path

import psutil

_NANOSECONDS = 1e9


def main_thread_seconds(process: psutil.Process) -> float:
    """Returns the CPU time that the main thread of a process has used, in seconds.

    Linux counts it in nanoseconds in `schedstat`. The ten milliseconds of `stat` would be too
    coarse for a short run.
    """
    pid = process.pid
    schedstat = Path(f"/proc/{pid}/task/{pid}/schedstat")
    try:
        return int(schedstat.read_text().split()[0]) / _NANOSECONDS
    except FileNotFoundError:  # A kernel without CONFIG_SCHED_INFO.
        main = next(thread for thread in process.threads() if thread.id == pid)
        return float(main.user_time + main.system_time)


def worker_of(process: psutil.Process) -> psutil.Process:
    """Returns the process that serves clients: gunicorn's worker, or the app itself."""
    if "gunicorn" not in " ".join(process.cmdline()):
        return process
    return next(child for child in process.children() if "gunicorn" in " ".join(child.cmdline()))
