"""Measures what a webcam costs and how apps add up, and says how large a cluster has to be.

    python -m benchmarks.scale

Writes docs/reference/sizing.md. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import psutil

from benchmarks.machine import describe_machine
from benchmarks.scale import report
from benchmarks.scale.fleet import FleetFigures, Load, own_models, shared_models
from benchmarks.scale.sizing import Cost
from web.settings import ROOT

PAGE = ROOT / "docs" / "reference" / "sizing.md"
EVENTS = ("frame", "faces")
RATE = 10.0
CLIENTS_PER_APP = 3
"""As many as leave three apps, the model server and the clients room on two cores."""

MANY = 40
"""Clients whose memory is weighed; they send one frame a second."""


def main() -> None:
    """Measures, prints and writes the page."""
    options = _parser().parse_args()
    parts = []
    for part in _report(options.seconds):
        print(part, end="\n\n", flush=True)
        parts.append(part)
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure how Mien grows on this machine.")
    parser.add_argument("--seconds", type=float, default=20.0, help="per load (%(default)s)")
    return parser


def _report(seconds: float) -> Iterator[str]:
    """Gives each part of the page as soon as it is measured."""
    yield report.opening(describe_machine())
    growth = [_loaded(apps, seconds) for apps in (1, 2, 3)]
    yield report.growth(growth, RATE)
    yield report.ceiling(list(_ceiling(seconds)), RATE)
    costs = {event: _cost(event, seconds) for event in EVENTS}
    yield report.costs(costs)
    yield report.sizes(costs)
    yield report.bounds(costs, psutil.cpu_count())


def _loaded(apps: int, seconds: float) -> FleetFigures:
    """What `apps` apps do, each with the same clients."""
    with shared_models(apps) as fleet:
        fleet.measure(Load("frame", 1, RATE, 2))  # The first frames pay for what is made once.
        return fleet.measure(Load("frame", CLIENTS_PER_APP, RATE, seconds))


def _ceiling(seconds: float) -> Iterator[FleetFigures]:
    """One app with more and more clients, until it drops frames."""
    with own_models() as fleet:
        for clients in range(6, 31, 2):
            figures = fleet.measure(Load("frame", clients, RATE, seconds))
            yield figures
            if figures.dropped > report.MOST_DROPPED:
                return


def _cost(event: str, seconds: float) -> Cost:
    """What clients of one kind cost: of one app, with the model server near and by TCP."""
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
