"""Measures the event loop's CPU time per frame: `python -m benchmarks.event_loop`.

The event loop is the app's main thread. Workers analyze the frames in other threads, so the time of
this thread is everything else: WebSocket, Socket.IO, sessions, the fair queue, acks, model calls
and predictions. With `--base FOLDER`, another checkout runs in turn with this one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import get_args

import psutil

from benchmarks.end_to_end import cpu_seconds, run_clients
from benchmarks.load import Load
from benchmarks.machine import describe_date, describe_machine
from benchmarks.messages import MESSAGES
from benchmarks.thread_time import main_thread_seconds, worker_of
from tests.support.app_process import AppProcess, Mode
from web.settings import ROOT

WARM_UP_SECONDS = 3.0


@dataclass(frozen=True)
class LoopMetrics:
    """Measurements of one run.

    Attributes:
        loop_ms: CPU time of the event loop per analyzed frame.
        app_ms: CPU time of the app's process per analyzed frame, event loop included.
        ack_ms: Median time from sending a frame to its ack.
        frames: Number of analyzed frames.
    """

    loop_ms: float
    app_ms: float
    ack_ms: float
    frames: int


def main() -> None:
    """Measures all variants in turn and prints a Markdown table."""
    options = _parser().parse_args()
    print(f"{describe_date()}, {describe_machine()}.\n")
    print("| clients | mode | code | event loop ms | app ms | ack p50 ms | frames |")
    print("| --- " * 7 + "|")
    folders = [*options.base, ROOT]
    for mode in options.modes:
        for clients in options.clients:
            runs: dict[Path, list[LoopMetrics]] = {folder: [] for folder in folders}
            for _ in range(options.rounds):
                for folder in folders:
                    runs[folder].append(_run(folder, mode, clients, options))
            for line in _rows(mode, clients, runs):
                print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the event loop's CPU time per frame.")
    add = parser.add_argument
    add("--base", type=Path, nargs="*", default=[], help="other checkouts to compare with")
    add("--clients", type=int, nargs="+", default=[1, 4])
    add("--modes", nargs="+", default=["eventlet"], choices=get_args(Mode))
    add("--seconds", type=float, default=10.0, help="per run (%(default)s)")
    add("--rate", type=float, default=10.0, help="frames/s per client (%(default)s)")
    add("--rounds", type=int, default=3, help="runs of each; the median counts (%(default)s)")
    return parser


def _run(folder: Path, mode: Mode, clients: int, options: argparse.Namespace) -> LoopMetrics:
    with _running(folder, mode) as app:
        worker = worker_of(app.process)
        images = MESSAGES["frame"](50)
        run_clients(app.port, Load([images], clients, WARM_UP_SECONDS, options.rate))
        return measure(worker, app.port, Load([images], clients, options.seconds, options.rate))


def measure(worker: psutil.Process, port: int, load: Load) -> LoopMetrics:
    """Measures an app under a load.

    Args:
        worker: The process that serves the clients.
        port: Its port.
        load: What the clients send.
    """
    before = main_thread_seconds(worker), cpu_seconds(worker)
    received = run_clients(port, load)
    frames = max(1, received.statuses["analysed"])
    return LoopMetrics(
        loop_ms=(main_thread_seconds(worker) - before[0]) / frames * 1e3,
        app_ms=(cpu_seconds(worker) - before[1]) / frames * 1e3,
        ack_ms=median(received.ack_ms or [float("nan")]),
        frames=frames,
    )


@contextmanager
def _running(folder: Path, mode: Mode) -> Iterator[AppProcess]:
    app = AppProcess(mode, folder=folder)
    try:
        app.await_status("/readyz")
        yield app
    finally:
        app.stop()


def _rows(mode: Mode, clients: int, runs: dict[Path, list[LoopMetrics]]) -> Iterator[str]:
    for folder, figures in runs.items():
        loop, app, ack, frames = (
            median(getattr(one, name) for one in figures)
            for name in ("loop_ms", "app_ms", "ack_ms", "frames")
        )
        yield (
            f"| {clients} | {mode} | {folder.name} | {loop:.2f} | {app:.2f} | {ack:.1f} "
            f"| {frames:.0f} |"
        )


if __name__ == "__main__":
    main()
