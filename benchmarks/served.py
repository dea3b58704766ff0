"""The served path: the real app and its model server, with real clients beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import psutil

from benchmarks.app_process import AppProcess
from web.config import ROOT


@dataclass(frozen=True)
class ServedFigures:
    """What N clients got, and what it cost.

    Attributes:
        clients: Number of clients.
        ack_ms: 50th, 95th and 99th percentile from frame sent to acknowledgement.
        emotion_ms: The same to the emotion's prediction.
        dropped: Share of the frames that a newer one replaced.
        errors: Number of frames that got an error or no answer.
        app_cpu_ms: Processor time of the app per frame sent.
        model_cpu_ms: Processor time of the model server per frame sent.
        app_rss_mib: Memory of the app.
        model_rss_mib: Memory of the model server.
    """

    clients: int
    ack_ms: tuple[float, float, float]
    emotion_ms: tuple[float, float, float]
    dropped: float
    errors: int
    app_cpu_ms: float
    model_cpu_ms: float
    app_rss_mib: float
    model_rss_mib: float


def measure(app: AppProcess, clients: int, seconds: float, rate: float) -> ServedFigures:
    """Lets `clients` clients send `rate` frames a second each for `seconds` seconds."""
    before = _cpu(app.process), _cpu(app.model_server)
    command = ["-m", "benchmarks.clients", app.url, str(clients), str(seconds), str(rate)]
    result = subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=True, capture_output=True, text=True
    )
    seen = json.loads(result.stdout)
    sent = clients * int(seconds * rate)
    fates = seen["fates"]
    return ServedFigures(
        clients,
        _percentiles(seen["ack_ms"]),
        _percentiles(seen["emotion_ms"]),
        fates.get("dropped", 0) / sent,
        sent - fates.get("analysed", 0) - fates.get("dropped", 0),
        (_cpu(app.process) - before[0]) / sent * 1e3,
        (_cpu(app.model_server) - before[1]) / sent * 1e3,
        app.process.memory_info().rss / 2**20,
        app.model_server.memory_info().rss / 2**20,
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _percentiles(values: list[float]) -> tuple[float, float, float]:
    p50, p95, p99 = np.percentile(values or [float("nan")], (50, 95, 99))
    return float(p50), float(p95), float(p99)
