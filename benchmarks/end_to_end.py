"""End-to-end measurement: the real app and its model server with real clients."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import psutil

from benchmarks.load import Load, Received
from benchmarks.thread_time import main_thread_seconds
from tests.support.app_process import AppProcess
from web.settings import ROOT


@dataclass(frozen=True)
class EndToEndMetrics:
    """Measurements of a number of clients.

    Attributes:
        clients: Number of clients.
        analysed: Number of analyzed frames.
        faces: Faces per analyzed frame.
        ack_ms: 50th, 95th and 99th percentile from sending a frame to its ack.
        emotion_ms: The same to each emotion prediction.
        predicted: Emotion predictions per sent frame.
        dropped: Share of frames that a newer frame replaced.
        errors: Number of frames with an error or without an ack.
        app_cpu_ms: CPU time of the app per analyzed frame. A dropped frame costs almost nothing.
        loop_ms: Part of `app_cpu_ms` in the main thread, which runs the event loop.
        model_cpu_ms: CPU time of the model server per analyzed frame.
        app_rss_mib: Memory of the app.
        model_rss_mib: Memory of the model server.
        generator_cpu: Share of a core that the load generator used.
    """

    clients: int
    analysed: int
    faces: float
    ack_ms: tuple[float, float, float]
    emotion_ms: tuple[float, float, float]
    predicted: float
    dropped: float
    errors: int
    app_cpu_ms: float
    loop_ms: float
    model_cpu_ms: float
    app_rss_mib: float
    model_rss_mib: float
    generator_cpu: float

    @property
    def cpu_ms(self) -> float:
        """CPU time of app and model server per analyzed frame."""
        return self.app_cpu_ms + self.model_cpu_ms


def measure(
    app: AppProcess,
    load: Load,
    cores: Collection[int] = (),
    model_server: psutil.Process | None = None,
) -> EndToEndMetrics:
    """Measures an app under a load.

    Args:
        app: The app.
        load: What the clients send.
        cores: Cores of the load generator; empty: all.
        model_server: The model server, if it is not embedded.
    """
    model_server = model_server or app.model_server
    before = _usage(app.process, model_server)
    received = run_clients(app.port, load, cores)
    used = _usage(app.process, model_server) - before
    sent = load.clients * load.messages
    analysed, dropped = (received.statuses[status] for status in ("analysed", "dropped"))
    app_cpu, loop, model_cpu = (float(seconds) / max(analysed, 1) * 1e3 for seconds in used)
    return EndToEndMetrics(
        clients=load.clients,
        analysed=analysed,
        faces=received.faces / max(analysed, 1),
        ack_ms=_percentiles(received.ack_ms),
        emotion_ms=_percentiles(received.emotion_ms),
        predicted=len(received.emotion_ms) / sent,
        dropped=dropped / sent,
        errors=sent - analysed - dropped,
        app_cpu_ms=app_cpu,
        loop_ms=loop,
        model_cpu_ms=model_cpu,
        app_rss_mib=app.process.memory_info().rss / 2**20,
        model_rss_mib=model_server.memory_info().rss / 2**20,
        generator_cpu=received.generator_cpu,
    )


def run_clients(port: int, load: Load, cores: Collection[int] = ()) -> Received:
    """Runs `benchmarks.clients` in its own process and returns what the clients received."""
    command = [sys.executable, "-m", "benchmarks.clients", str(port)]
    with on_cores(cores):
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    output, _ = process.communicate(pickle.dumps(load))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    received: Received = pickle.loads(output)
    return received


@contextmanager
def on_cores(cores: Collection[int]) -> Iterator[None]:
    """Lets child processes that are started here run on these cores only; empty: no change."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(process: psutil.Process) -> float:
    """Returns the CPU time that a process has used, in seconds."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _usage(app: psutil.Process, model_server: psutil.Process) -> np.ndarray:
    """CPU seconds of the app, of its event loop, and of the model server."""
    return np.array([cpu_seconds(app), main_thread_seconds(app), cpu_seconds(model_server)])


def _percentiles(values: list[float]) -> tuple[float, float, float]:
    p50, p95, p99 = np.percentile(values or [float("nan")], (50, 95, 99))
    return float(p50), float(p95), float(p99)
