"""The app processes of a service that has several."""

from __future__ import annotations

import re
import time
from urllib.request import ProxyHandler, build_opener

import psutil

from tests.support.app_process import AppProcess

TIMEOUT_SECONDS = 60
_POLLING = "/socket.io/?EIO=4&transport=polling"


def members(service: AppProcess) -> list[psutil.Process]:
    """The app processes, in the order of their numbers."""
    found = [each for each in service.process.children() if "--place" in each.cmdline()]
    return sorted(found, key=lambda each: each.cmdline()[-1])


def await_members(service: AppProcess, count: int) -> None:
    """Waits until every process takes connections. A single process does at once.

    Raises:
        TimeoutError: One does not.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    seen: set[str] = set()
    while len(seen) < count and count > 1:
        if time.monotonic() > deadline:
            raise TimeoutError(f"Only {len(seen)} of {count} processes take connections.")
        with build_opener(ProxyHandler({})).open(service.url + _POLLING) as response:
            seen |= {owner(sid) for sid in re.findall(r'"sid":"([^"]+)"', response.read().decode())}
        time.sleep(0.05)


def owner(sid: str) -> str:
    """Number of the process of a session."""
    return sid.partition(".")[0]
