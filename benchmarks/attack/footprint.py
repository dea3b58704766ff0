"""Memory and open descriptors of the app's processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import psutil

MIB = 2**20


@dataclass(frozen=True)
class Footprint:
    """Resources of the processes at one time.

    Attributes:
        rss_mib: Memory of the app's process tree without the model server.
        models_rss_mib: Memory of the model server.
        descriptors: Open descriptors of the tree without the model server.
        threads: Threads of the tree without the model server.
        model_pid: Process id of the embedded model server; 0 if none runs.
    """

    rss_mib: float
    models_rss_mib: float
    descriptors: int
    threads: int
    model_pid: int

    @property
    def all_rss_mib(self) -> float:
        """Memory of the app and the model server together."""
        return self.rss_mib + self.models_rss_mib


def footprint(app: psutil.Process) -> Footprint:
    """Measures a process and its descendants; one that exits meanwhile counts as 0."""
    servers: list[psutil.Process] = []
    others: list[psutil.Process] = []
    for process in _tree(app):
        (servers if is_model_server(process) else others).append(process)
    return Footprint(
        rss_mib=_rss_mib(others),
        models_rss_mib=_rss_mib(servers),
        descriptors=sum(_count(process.num_fds) for process in others),
        threads=sum(_count(process.num_threads) for process in others),
        model_pid=servers[0].pid if servers else 0,
    )


def is_model_server(process: psutil.Process) -> bool:
    """Whether a process is an embedded model server."""
    with suppress(psutil.Error):
        return list(process.cmdline()[1:3]) == ["-m", "serving"]
    return False


def model_server(app_pid: int) -> psutil.Process:
    """The embedded model server among the descendants of a process.

    Raises:
        ProcessLookupError: No model server is running.
    """
    for process in _tree(psutil.Process(app_pid)):
        if is_model_server(process):
            return process
    raise ProcessLookupError("No model server is running.")


def _tree(app: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [app, *app.children(recursive=True)]
    return []


def _rss_mib(processes: Iterable[psutil.Process]) -> float:
    total = 0
    for process in processes:
        with suppress(psutil.Error):
            total += process.memory_info().rss
    return total / MIB


def _count(ask: Callable[[], int]) -> int:
    with suppress(psutil.Error):
        return ask()
    return 0
