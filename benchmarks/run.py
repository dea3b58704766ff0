"""Measures speed and memory, in process and end to end: `make bench`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from benchmarks import end_to_end, in_process, limits
from benchmarks.end_to_end import EndToEndMetrics
from benchmarks.machine import describe_machine
from tests.support.app_process import running_app
from web.settings import ROOT

IN_PROCESS_FRAMES = 400
PAGE = ROOT / "docs" / "experiments" / "benchmark.md"
TITLE = """\
# Speed and memory

For operators and developers: what a frame costs, and what clients wait for. In process is the same
work in a single process, without network, server and clients. End to end is the real app with its
model server and real clients. `python -m benchmarks.run --write` writes this page."""


def main() -> None:
    """Measures everything and prints it as Markdown."""
    options = _parser().parse_args()
    parts = []
    for part in _sections(options):
        print(part, end="\n\n", flush=True)
        parts.append(part)
    if options.write:
        PAGE.write_text("\n\n".join([TITLE, *parts]) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Mien on this machine.")
    add = parser.add_argument
    add("--clients", type=int, nargs="+", default=[1, 5, limits.CLIENTS])
    add("--seconds", type=float, default=20.0, help="per number of clients (%(default)s)")
    add("--rate", type=float, default=10.0, help="frames/s per client (%(default)s)")
    add("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} as well")
    return parser


def _sections(options: argparse.Namespace) -> Iterator[str]:
    """Yields each paragraph as soon as it is measured."""
    yield f"Machine: {describe_machine()}."
    in_process_cpu_ms = in_process.measure(IN_PROCESS_FRAMES)
    stages = ", ".join(
        f"{k.removesuffix('_ms')} {v:.1f} ms" for k, v in in_process.timings(100).items()
    )
    yield f"In process: {in_process_cpu_ms:.2f} CPU-ms per frame ({stages})."
    with running_app() as app:
        ready = app.await_status("/readyz")
        yield f"From start to ready: {ready:.1f} s."
        end_to_end.measure(app, 1, 3, options.rate)  # The first frames pay for lazy set-up.
        rows = [end_to_end.measure(app, n, options.seconds, options.rate) for n in options.clients]
    yield _table(rows, in_process_cpu_ms)
    for row in rows:
        if row.clients == limits.CLIENTS:
            yield limits.to_markdown(limits.check_limits(row, in_process_cpu_ms, ready))


def _table(rows: list[EndToEndMetrics], in_process_cpu_ms: float) -> str:
    head = (
        "| clients | ack p50 / p95 / p99 ms | emotion p50 / p95 / p99 ms | frames with emotion "
        "| dropped | errors | CPU-ms per frame: app + models "
        "| end to end / in process "
        "| RSS MiB: app, models |"
    )
    return "\n".join([head, "| --- " * 9 + "|", *(_row(row, in_process_cpu_ms) for row in rows)])


def _row(row: EndToEndMetrics, in_process_cpu_ms: float) -> str:
    return (
        f"| {row.clients} | {_three(row.ack_ms)} | {_three(row.emotion_ms)} | {row.predicted:.1%} "
        f"| {row.dropped:.1%} | {row.errors} | {row.app_cpu_ms:.1f} + {row.model_cpu_ms:.1f} "
        f"| {row.cpu_ms / in_process_cpu_ms:.2f} | {row.app_rss_mib:.0f}, {row.model_rss_mib:.0f} |"
    )


def _three(values: tuple[float, float, float]) -> str:
    return " / ".join(f"{value:.0f}" for value in values)


if __name__ == "__main__":
    main()
