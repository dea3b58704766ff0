"""Health probe: requests `/healthz` ten times per second, each on a new connection."""

from __future__ import annotations

import time
from contextlib import suppress
from multiprocessing.connection import Connection

from benchmarks.attack.endpoint import Endpoint
from benchmarks.attack.samples import Sample

PERIOD_SECONDS = 0.1
TIMEOUT_SECONDS = 5.0
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def run_probe(endpoint: Endpoint, results: Connection) -> None:
    """Probes until the process is ended.

    Args:
        endpoint: Where to connect.
        results: Receives a sample per probe. Its time starts when the probe was due, so that
            probes delayed by a slow one count as late as well.
    """
    due = time.monotonic()
    while True:
        due += PERIOD_SECONDS
        time.sleep(max(0.0, due - time.monotonic()))
        ok = _is_healthy(endpoint)
        results.send(Sample(due, time.monotonic(), ok))


def _is_healthy(endpoint: Endpoint) -> bool:
    with suppress(OSError), endpoint.dial(TIMEOUT_SECONDS) as wire:
        wire.sendall(REQUEST)
        return wire.recv(4096).startswith(b"HTTP/1.1 200 ")
    return False
