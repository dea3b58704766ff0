"""End-to-end measurement: the real app and its model server with real clients."""

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
class EndToEndMetrics:
    """Measurements of a number of clients.

    Attributes:
        clients: Number of clients.
        analysed: Number of analyzed frames.
        ack_ms: 50th, 95th and 99th percentile from sending a frame to its ack.
        emotion_ms: The same to the emotion prediction, for frames with one.
        predicted: Share of frames with an emotion prediction.
        dropped: Share of frames that a newer frame replaced.
        errors: Number of frames with an error or without an ack.
        app_cpu_ms: CPU time of the app per analyzed frame. A dropped frame costs almost nothing.
        model_cpu_ms: CPU time of the model server per analyzed frame.
        app_rss_mib: Memory of the app.
        model_rss_mib: Memory of the model server.
    """

    clients: int
    analysed: int
    ack_ms: tuple[float, float, float]
    emotion_ms: tuple[float, float, float]
    predicted: float
    dropped: float
    errors: int
    app_cpu_ms: float
    model_cpu_ms: float
    app_rss_mib: float
    model_rss_mib: float

    @property
    def cpu_ms(self) -> float:
        """CPU time of app and model server per analyzed frame."""
        return self.app_cpu_ms + self.model_cpu_ms


def measure(app: AppProcess, clients: int, seconds: float, rate: float) -> EndToEndMetrics:
    """Measures `clients` clients that send `rate` frames/s each for `seconds` seconds."""
    sent = clients * int(seconds * rate)
    before = cpu_seconds(app.process), cpu_seconds(app.model_server)
    result = run_clients(app.url, clients, seconds, rate)
    analysed, dropped = (result["statuses"].get(status, 0) for status in ("analysed", "dropped"))
    return EndToEndMetrics(
        clients=clients,
        analysed=analysed,
        ack_ms=_percentiles(result["ack_ms"]),
        emotion_ms=_percentiles(result["emotion_ms"]),
        predicted=len(result["emotion_ms"]) / sent,
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
    """Runs `benchmarks.clients` in its own process and returns its result."""
    command = ["-m", "benchmarks.clients", url, str(clients), str(seconds), str(rate), event]
    result = subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    measured: dict[str, Any] = json.loads(result.stdout)
    return measured


def cpu_seconds(process: psutil.Process) -> float:
    """Returns the CPU time that a process has used, in seconds."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _percentiles(values: list[float]) -> tuple[float, float, float]:
    p50, p95, p99 = np.percentile(values or [float("nan")], (50, 95, 99))
    return float(p50), float(p95), float(p99)
