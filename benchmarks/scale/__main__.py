"""Measures the cost of a webcam and how apps scale, and computes the size of a cluster.

    python -m benchmarks.scale

Writes docs/reference/sizing.md. Nothing else should run on the machine at the same time.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import psutil

from benchmarks.machine import describe_date, describe_machine
from benchmarks.scale import report
from benchmarks.scale.fleet import FleetMetrics, Load, own_models, processes, shared_models
from benchmarks.scale.sizing import Cost
from web.settings import ROOT

PAGE = ROOT / "docs" / "reference" / "sizing.md"
EVENTS = ("frame", "faces")
RATE = 10.0
CLIENTS_PER_APP = 3
"""On two cores this leaves room for three apps, the model server and the clients."""

MANY = 40
"""Clients whose memory is measured. They send one frame per second."""


def main() -> None:
    """Measures, prints and writes the page."""
    options = _parser().parse_args()
    sections = []
    for section in _sections(options.seconds):
        print(section, end="\n\n", flush=True)
        sections.append(section)
    PAGE.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure how Mien scales on this machine.")
    parser.add_argument("--seconds", type=float, default=20.0, help="per load (%(default)s)")
    return parser


def _sections(seconds: float) -> Iterator[str]:
    """Yields each section of the page as soon as it is measured."""
    yield report.introduction(f"{describe_machine()}, {describe_date()}")
    yield report.scaling([_measure_apps(apps, seconds) for apps in (1, 2, 3)], RATE)
    yield report.one_port([_measure_processes(count, seconds) for count in (1, 2)], RATE)
    yield report.single_app(list(_measure_single_app(seconds)), RATE)
    costs = {event: _measure_cost(event, seconds) for event in EVENTS}
    yield report.costs(costs)
    yield report.machines(costs)
    yield report.clusters(costs)
    yield report.bottlenecks(costs, psutil.cpu_count() or 1)


def _measure_apps(apps: int, seconds: float) -> FleetMetrics:
    """Measures several apps with the same number of clients each."""
    with shared_models(apps) as fleet:
        fleet.measure(Load("frame", 1, RATE, 2))  # The first frames pay for lazy set-up.
        return fleet.measure(Load("frame", CLIENTS_PER_APP, RATE, seconds))


def _measure_processes(count: int, seconds: float) -> FleetMetrics:
    """Measures app processes behind one port, with the same number of clients."""
    with processes(count) as fleet:
        fleet.measure(Load("frame", 2 * count, RATE, 2))
        return fleet.measure(Load("frame", 2 * CLIENTS_PER_APP, RATE, seconds))


def _measure_single_app(seconds: float) -> Iterator[FleetMetrics]:
    """Measures one app with more and more clients, until it drops frames."""
    with own_models() as fleet:
        for clients in range(6, 31, 2):
            metrics = fleet.measure(Load("frame", clients, RATE, seconds))
            yield metrics
            if metrics.dropped > report.MAX_DROPPED:
                return


def _measure_cost(event: str, seconds: float) -> Cost:
    """Measures one app, with its embedded model server and with one that it reaches by TCP."""
    with own_models() as fleet:
        few = fleet.measure(Load(event, 1, RATE, 2))
        near = fleet.measure(Load(event, 2 * CLIENTS_PER_APP, RATE, seconds))
        many = fleet.measure(Load(event, MANY, 1.0, seconds))
    with shared_models(1) as fleet:
        fleet.measure(Load(event, 1, RATE, 2))
        far = fleet.measure(Load(event, 2 * CLIENTS_PER_APP, RATE, seconds))
    return Cost(
        rate=RATE,
        app_cpu_ms=far.app_cpu_ms,
        model_cpu_ms=far.model_cpu_ms,
        hub_ms=far.hub_ms,
        client_bytes=near.loopback_bytes,
        model_bytes=far.loopback_bytes - near.loopback_bytes,
        app_mib=few.app_mib,
        session_mib=max(0.0, many.app_mib - few.app_mib) / MANY,
        model_mib=max(far.model_mib, many.model_mib),
    )


if __name__ == "__main__":
    main()
