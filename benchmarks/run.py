"""`make bench`: speed and memory of the bare loop and of the served path, in one run."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from benchmarks import end_to_end, in_process, limits
from benchmarks.end_to_end import ServedFigures
from benchmarks.machine import describe_machine
from tests.support.app_process import running_app
from web.settings import ROOT

BARE_FRAMES = 400
PAGE = ROOT / "docs" / "experiments" / "benchmark.md"
TITLE = "# Speed and memory\n\nWritten by `python -m benchmarks.run --write`."


def main() -> None:
    """Measures everything and prints it as Markdown."""
    options = _parser().parse_args()
    parts = []
    for part in _report(options):
        print(part, end="\n\n", flush=True)
        parts.append(part)
    if options.write:
        PAGE.write_text("\n\n".join([TITLE, *parts]) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Mien on this machine.")
    add = parser.add_argument
    add("--clients", type=int, nargs="+", default=[1, 5, limits.CLIENTS])
    add("--seconds", type=float, default=20.0, help="per number of clients (%(default)s)")
    add("--rate", type=float, default=10.0, help="frames a second per client (%(default)s)")
    add("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} as well")
    return parser


def _report(options: argparse.Namespace) -> Iterator[str]:
    """Gives each paragraph as soon as it is measured."""
    yield f"Machine: {describe_machine()}."
    bare_cpu_ms = in_process.measure(BARE_FRAMES)
    stages = ", ".join(
        f"{k.removesuffix('_ms')} {v:.1f} ms" for k, v in in_process.timings(100).items()
    )
    yield f"Bare loop: {bare_cpu_ms:.2f} CPU-ms a frame ({stages})."
    with running_app() as app:
        ready = app.await_status("/readyz")
        yield f"From start to ready: {ready:.1f} s."
        end_to_end.measure(app, 1, 3, options.rate)  # The first frames pay for what is made once.
        rows = [end_to_end.measure(app, n, options.seconds, options.rate) for n in options.clients]
    yield _table(rows, bare_cpu_ms)
    for row in rows:
        if row.clients == limits.CLIENTS:
            yield limits.table(limits.judge(row, bare_cpu_ms, ready))


def _table(rows: list[ServedFigures], bare_cpu_ms: float) -> str:
    head = (
        "| clients | ack p50 / p95 / p99 ms | emotion p50 / p95 / p99 ms | frames with emotion "
        "| dropped | errors | CPU-ms a frame: app + models | served / bare "
        "| RSS MiB: app, models |"
    )
    return "\n".join([head, "| --- " * 9 + "|", *(_row(row, bare_cpu_ms) for row in rows)])


def _row(row: ServedFigures, bare_cpu_ms: float) -> str:
    return (
        f"| {row.clients} | {_three(row.ack_ms)} | {_three(row.emotion_ms)} | {row.answered:.1%} "
        f"| {row.dropped:.1%} | {row.errors} | {row.app_cpu_ms:.1f} + {row.model_cpu_ms:.1f} "
        f"| {row.cpu_ms / bare_cpu_ms:.2f} | {row.app_rss_mib:.0f}, {row.model_rss_mib:.0f} |"
    )


def _three(values: tuple[float, float, float]) -> str:
    return " / ".join(f"{value:.0f}" for value in values)


if __name__ == "__main__":
    main()
