"""The served path: the real app and its model server, with real clients beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil

from tests.support.app_process import AppProcess
from web.settings import ROOT


@dataclass(frozen=True)
class ServedFigures:
    """What N clients got, and what it cost.

    Attributes:
        clients: Number of clients.
        analysed: Number of frames that were analysed.
        ack_ms: 50th, 95th and 99th percentile from frame sent to acknowledgement.
        emotion_ms: The same to the emotion's prediction, of the frames that got one.
        answered: Share of the frames that got one.
        dropped: Share of the frames that a newer one replaced.
        errors: Number of frames that got an error or no answer.
        app_cpu_ms: Processor time of the app per frame analysed: a dropped one costs next to none.
        model_cpu_ms: The same of the model server.
        app_rss_mib: Memory of the app.
        model_rss_mib: Memory of the model server.
    """

    clients: int
    analysed: int
    ack_ms: tuple[float, float, float]
    emotion_ms: tuple[float, float, float]
    answered: float
    dropped: float
    errors: int
    app_cpu_ms: float
    model_cpu_ms: float
    app_rss_mib: float
    model_rss_mib: float

    @property
    def cpu_ms(self) -> float:
        """Processor time of app and model server per frame analysed."""
        return self.app_cpu_ms + self.model_cpu_ms


def measure(app: AppProcess, clients: int, seconds: float, rate: float) -> ServedFigures:
    """Lets `clients` clients send `rate` frames a second each for `seconds` seconds."""
    sent = clients * int(seconds * rate)
    before = cpu_seconds(app.process), cpu_seconds(app.model_server)
    seen = run_clients(app.url, clients, seconds, rate)
    analysed, dropped = (seen["statuses"].get(status, 0) for status in ("analysed", "dropped"))
    return ServedFigures(
        clients=clients,
        analysed=analysed,
        ack_ms=_percentiles(seen["ack_ms"]),
        emotion_ms=_percentiles(seen["emotion_ms"]),
        answered=len(seen["emotion_ms"]) / sent,
        dropped=dropped / sent,
        errors=sent - analysed - dropped,
        app_cpu_ms=(cpu_seconds(app.process) - before[0]) / max(analysed, 1) * 1e3,
        model_cpu_ms=(cpu_seconds(app.model_server) - before[1]) / max(analysed, 1) * 1e3,
        app_rss_mib=app.process.memory_info().rss / 2**20,
        model_rss_mib=app.model_server.memory_info().rss / 2**20,
    )


def run_clients(
    url: str, clients: int, seconds: float, rate: float, event: str = "frame"
) -> dict[str, Any]:
    """Runs `benchmarks.clients` beside the app and returns what it prints."""
    command = ["-m", "benchmarks.clients", url, str(clients), str(seconds), str(rate), event]
    result = subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    seen: dict[str, Any] = json.loads(result.stdout)
    return seen


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time that a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _percentiles(values: list[float]) -> tuple[float, float, float]:
    p50, p95, p99 = np.percentile(values or [float("nan")], (50, 95, 99))
    return float(p50), float(p95), float(p99)
