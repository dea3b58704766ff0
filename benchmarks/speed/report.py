"""The page of `make bench`: goals first, then what was measured under each load."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median

from benchmarks import webcams
from benchmarks.end_to_end import EndToEndMetrics
from benchmarks.machine import describe_date, describe_machine
from benchmarks.markdown import Row, markdown_table
from benchmarks.speed.rounds import Figures
from benchmarks.speed.rows import FIGURES

TITLE = """\
# Speed and memory

For operators and developers: what a frame costs, what clients wait for, and how both compare with
an earlier version. `make bench WRITE=1` writes this page.

Both versions run in turn on one machine, each in the environment that its own `make run` installs.
Absolute figures differ between machines. Ratios hardly do."""
MAX_LOAD = 0.7
"""Load average from which on other work disturbs the measurement."""
METHOD = """\
- CPU is that of the app and its model server, per analyzed frame. The event loop is the app's main
  thread.
- Webcams on one core: app and model server share one core, and the load comes from the others. The
  largest number with under 2 % of the frames dropped and a p95 to the emotion of at most 150 ms.
- Memory is the proportional set size (PSS) after the load.
- The page runs in a headless Chromium on the same machine, with a camera that delivers 30 frames
  per second. The time starts when the page takes the picture, before it encodes the JPEG."""


def paragraphs(base: Figures, present: Figures, load: float) -> Iterator[str]:
    """Yields the page's paragraphs.

    Args:
        base: The earlier commit.
        present: This checkout.
        load: Load average before the run.
    """
    yield TITLE
    yield (
        f"{describe_date()}, {describe_machine()}. Commits: {base.checkout.name} and "
        f"{present.checkout.name} (now). Frames: 640x480 JPEGs of {webcams.describe()}, 10 per "
        "second and client. Loads ran on loopback, on the same machine."
    )
    if load > MAX_LOAD:
        yield (
            f"**The machine was busy: its load average was {load:.1f} before the run.** Times and "
            "numbers of webcams are worse than they are on an idle machine."
        )
    yield markdown_table([figure.row(base, present) for figure in FIGURES])
    yield METHOD
    if not math.isnan(present.in_process_ms):
        yield (
            "The same work in a single process, without network, server and clients, takes "
            f"{present.in_process_ms:.2f} ms of CPU per frame with one face now."
        )
    yield "## Each load"
    rows = [row for one in (base, present) for row in _load_rows(one)]
    yield markdown_table(rows) if rows else "Not measured."
    yield (
        "ack, emotion: from sending a frame to its boxes and to its emotion, p50 / p95 / p99. "
        "emotions: predictions per frame sent. Generator: CPU of the clients, in cores."
    )


def _load_rows(figures: Figures) -> Iterator[Row]:
    """Yields a row per load, with the median of all rounds, and one for the pinned core."""
    names = ("1 client", "10 clients", "10 clients, 3 faces") if figures.rounds else ()
    for index, name in enumerate(names):
        yield _row(figures, name, [one.loads[index] for one in figures.rounds])
    if figures.at_limit:
        yield _row(figures, f"{figures.webcams:.0f} on one core", [figures.at_limit])


def _row(figures: Figures, name: str, runs: list[EndToEndMetrics]) -> Row:
    return {
        "version": figures.checkout.name,
        "load": name,
        "ack ms": _percentiles([run.ack_ms for run in runs]),
        "emotion ms": _percentiles([run.emotion_ms for run in runs]),
        "emotions": f"{median(run.predicted for run in runs):.0%}",
        "dropped": f"{median(run.dropped for run in runs):.1%}",
        "errors": max(run.errors for run in runs),
        "faces per frame": f"{median(run.faces for run in runs):.2f}",
        "CPU ms: app + models": _pair(runs),
        "event loop ms": f"{median(run.loop_ms for run in runs):.2f}",
        "generator": f"{median(run.generator_cpu for run in runs):.2f}",
    }


def _percentiles(runs: list[tuple[float, float, float]]) -> str:
    return " / ".join(f"{median(values):.0f}" for values in zip(*runs, strict=True))


def _pair(runs: list[EndToEndMetrics]) -> str:
    app, model = median(r.app_cpu_ms for r in runs), median(r.model_cpu_ms for r in runs)
    return f"{app:.2f} + {model:.2f}"
