"""Compares eventlet with native threads: `python -m benchmarks.async_modes`.

The modes run alternately, so that other work on the machine affects them equally.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from statistics import median

from benchmarks.end_to_end import EndToEndMetrics, measure
from benchmarks.load import Load
from benchmarks.machine import describe_date, describe_machine
from benchmarks.messages import MESSAGES
from tests.support.app_process import Mode, running_app

MODES: tuple[Mode, ...] = ("eventlet", "threading")
WARM_UP_SECONDS = 3.0

Runs = dict[Mode, list[EndToEndMetrics]]


def main() -> None:
    """Measures both modes and prints a Markdown table."""
    options = _parser().parse_args()
    load = os.getloadavg()[0]
    print(f"{describe_date()}, {describe_machine()}; load before: {load:.1f}.\n")
    print("| clients | mode | frames/s | ack p50 / p95 ms | dropped | CPU-ms per frame | RSS MiB |")
    print("| --- " * 7 + "|")
    for clients in options.clients:
        runs = take_turns(clients, options)
        for line in rows(runs, options.seconds):
            print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare the two values of MIEN_ASYNC_MODE.")
    add = parser.add_argument
    add("--clients", type=int, nargs="+", default=[1, 10, 50])
    add("--seconds", type=float, default=10.0, help="per run (%(default)s)")
    add("--rate", type=float, default=10.0, help="frames/s per client (%(default)s)")
    add("--rounds", type=int, default=3, help="runs of each mode; the median counts (%(default)s)")
    return parser


def take_turns(clients: int, options: argparse.Namespace) -> Runs:
    """Runs the modes alternately, several times."""
    runs: Runs = {mode: [] for mode in MODES}
    cameras = [MESSAGES["frame"](50)]
    for _ in range(options.rounds):
        for mode in MODES:
            with running_app(mode) as app:
                measure(app, Load(cameras, 1, WARM_UP_SECONDS, options.rate))
                load = Load(cameras, clients, options.seconds, options.rate)
                runs[mode].append(measure(app, load))
    return runs


def rows(runs: Runs, seconds: float) -> Iterator[str]:
    """Yields a row for each mode, and one with the ratio of the second to the first."""
    medians = {mode: _medians(figures, seconds) for mode, figures in runs.items()}
    clients = next(iter(runs.values()))[0].clients
    for mode, (rate, p50, p95, dropped, cpu_ms, rss) in medians.items():
        yield (
            f"| {clients} | {mode} | {rate:.1f} | {p50:.0f} / {p95:.0f} | {dropped:.1%} "
            f"| {cpu_ms:.1f} | {rss:.0f} |"
        )
    green, real = (medians[mode] for mode in MODES)
    rate, p50, p95, _, cpu_ms, rss = (b / a if a else 1.0 for a, b in zip(green, real, strict=True))
    yield f"| {clients} | ratio | {rate:.2f} | {p50:.2f} / {p95:.2f} | | {cpu_ms:.2f} | {rss:.2f} |"


def _medians(figures: list[EndToEndMetrics], seconds: float) -> tuple[float, ...]:
    """Medians of frames/s, ack times, share dropped, CPU time per frame and memory of the app."""
    measured = [_figures(each, seconds) for each in figures]
    return tuple(median(values) for values in zip(*measured, strict=True))


def _figures(one: EndToEndMetrics, seconds: float) -> tuple[float, ...]:
    rate = one.analysed / seconds
    return rate, one.ack_ms[0], one.ack_ms[1], one.dropped, one.app_cpu_ms, one.app_rss_mib


if __name__ == "__main__":
    main()
