"""`make bench`: speed and memory of the bare loop and of the served path, in one run."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

from benchmarks import bare, served
from benchmarks.app_process import running_app
from benchmarks.served import ServedFigures

BARE_FRAMES = 400


def main() -> None:
    """Measures and prints everything as Markdown."""
    parser = argparse.ArgumentParser(description="Measure Mien on this machine.")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 5, 10])
    parser.add_argument("--seconds", type=float, default=20.0, help="per number of clients")
    parser.add_argument("--rate", type=float, default=10.0, help="frames a second per client")
    options = parser.parse_args()
    print(f"Machine: {_machine()}\n")
    loop = bare.measure(BARE_FRAMES)
    stages = ", ".join(f"{k.removesuffix('_ms')} {v:.1f} ms" for k, v in bare.timings(100).items())
    print(f"Bare loop: {loop.cpu_ms_per_frame:.2f} CPU-ms a frame ({stages}).\n")
    with running_app() as app:
        print(f"From start to ready: {app.await_status('/readyz'):.1f} s.\n")
        served.measure(app, 1, 3, options.rate)  # The first frames pay for what is made once.
        rows = [served.measure(app, n, options.seconds, options.rate) for n in options.clients]
    print(_table(rows, loop.cpu_ms_per_frame))


def _table(rows: list[ServedFigures], bare_cpu_ms: float) -> str:
    head = (
        "| clients | ack p50 / p95 / p99 ms | emotion p50 / p95 / p99 ms | dropped | errors "
        "| CPU-ms a frame: app + models | served / bare | RSS MiB: app, models |"
    )
    return "\n".join([head, "| --- " * 8 + "|", *(_row(row, bare_cpu_ms) for row in rows)])


def _row(row: ServedFigures, bare_cpu_ms: float) -> str:
    ratio = (row.app_cpu_ms + row.model_cpu_ms) / bare_cpu_ms
    return (
        f"| {row.clients} | {_three(row.ack_ms)} | {_three(row.emotion_ms)} "
        f"| {row.dropped:.1%} | {row.errors} | {row.app_cpu_ms:.1f} + {row.model_cpu_ms:.1f} "
        f"| {ratio:.2f} | {row.app_rss_mib:.0f}, {row.model_rss_mib:.0f} |"
    )


def _three(values: tuple[float, float, float]) -> str:
    return " / ".join(f"{value:.0f}" for value in values)


def _machine() -> str:
    models = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return f"{len(models)} x {models[0]}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
