"""The sections of docs/reference/sizing.md."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from benchmarks.scale import sizing
from benchmarks.scale.fleet import FleetFigures
from benchmarks.scale.sizing import Cost
from benchmarks.tuning.study import markdown_table

WEBCAMS = (1_000, 10_000, 100_000)
MOST_DROPPED = 0.02
NAMES = {
    "frame": "whole frames (`frame`, 640 x 480, JPEG)",
    "faces": "faces found in the browser (`faces`)",
}


def opening(machine: str) -> str:
    """What the page is and where it was measured."""
    return (
        "# How large\n\nWhat a webcam costs, how apps add up, and what a thousand or a hundred "
        "thousand webcams take. Written by\n`make scale`; the tables of clusters are arithmetic "
        f"on what was measured on one machine.\n\nMachine: {machine}. Clients, apps and model "
        "server shared it. A webcam sends ten frames a second with one face."
    )


def growth(rows: Sequence[FleetFigures], rate: float) -> str:
    """What one, two and three apps did."""
    first, last = rows[0], rows[-1]
    times = last.frames_per_second / first.frames_per_second
    return (
        "## From one app to three\n\nEach app had "
        f"{first.clients} clients with {rate:.0f} frames a second, and all shared one model "
        f"server. {last.apps} apps did {times:.2f} times the work of one, at the same cost a "
        f"frame.\n\n{markdown_table([_row(row) for row in rows])}"
    )


def ceiling(rows: Sequence[FleetFigures], rate: float) -> str:
    """How far one app went."""
    held = [row.clients for row in rows if row.dropped <= MOST_DROPPED]
    return (
        f"## One app alone\n\nMore and more clients until over {MOST_DROPPED:.0%} of the frames "
        f"were dropped. It carried {max(held, default=0)} webcams with {rate:.0f} frames a second."
        f"\n\n{markdown_table([_row(row) for row in rows])}"
    )


def costs(kinds: Mapping[str, Cost]) -> str:
    """What a frame and a client cost."""
    rows = [
        {
            "clients send": NAMES[event],
            "app, CPU-ms a frame": cost.app_cpu_ms,
            "of it in the thread all clients share": cost.hub_ms,
            "models, CPU-ms a frame": cost.model_cpu_ms,
            "client, kB a frame": cost.client_bytes / 1e3,
            "models, kB a frame": cost.model_bytes / 1e3,
            "app, MiB": round(cost.app_mib),
            "MiB a client": cost.session_mib,
            "model server, MiB": round(cost.model_mib),
        }
        for event, cost in kinds.items()
    ]
    return (
        "## What a webcam costs\n\nBytes are counted on the loopback device, both ways, with the "
        f"headers of TCP and IP, and without TLS.\n\n{markdown_table(rows)}"
    )


def sizes(kinds: Mapping[str, Cost]) -> str:
    """The clusters for many webcams."""
    tables = [_sizes(NAMES[event], cost) for event, cost in kinds.items()]
    return (
        f"## Clusters\n\nA pod of the app asks for {_cores(sizing.POD_CORES)} and a model server "
        f"for {_cores(sizing.DEPLOYED.cores)}; both are kept at {sizing.AIM:.0%} of it. Add one or "
        "two of each,\nso that one may fail or be replaced. gRPC connections: every pod holds one "
        "to every model server. For thousands of webcams let a model\nserver ask for a whole core: "
        "that takes as many cores, but a quarter of the model servers, of their memory and of the "
        "connections. Beyond some 10,000\nwebcams of whole frames, rather build cells, each a "
        "cluster of its own behind a name of its own: no session needs to know of another,\n"
        "and the connections stay few.\n\n" + "\n\n".join(tables)
    )


def bounds(kinds: Mapping[str, Cost], cores: int) -> str:
    """What gives way first."""
    tables = []
    for event, cost in kinds.items():
        rows = [
            {"webcams": bound.webcams, "what gives way": bound.what, "then": bound.then}
            for bound in sizing.bounds(cost, cores, sizing.DEPLOYED)
        ]
        tables.append(f"{_headed(NAMES[event])}:\n\n{markdown_table(rows)}")
    return (
        "## What gives way first\n\nOn one machine the first line of each table is the first "
        "bottleneck. In a cluster, where every pod has what it asks for, it is\nan autoscaler's "
        "bound, beyond which pods are busier than wanted, up to their limits, and once "
        "both are raised the proxy.\n\n" + "\n\n".join(tables)
    )


def _cores(cores: float) -> str:
    return "one core" if cores == 1.0 else f"{cores:g} cores"


def _headed(name: str) -> str:
    return name[0].upper() + name[1:]


def _row(row: FleetFigures) -> dict[str, str | int | float]:
    return {
        "apps": row.apps,
        "clients": row.clients,
        "frames/s": row.frames_per_second,
        "emotion p95 ms": row.emotion_p95_ms,
        "dropped": f"{row.dropped:.1%}",
        "app, CPU-ms a frame": row.app_cpu_ms,
        "models, CPU-ms a frame": row.model_cpu_ms,
        "cores": row.cores,
        "an app, MiB": round(row.app_mib),
        "model server, MiB": round(row.model_mib),
    }


def _sizes(name: str, cost: Cost) -> str:
    rows = [
        {
            "webcams": f"{size.webcams:,}",
            "pods of the app": f"{size.pods:,}",
            "model servers": f"{size.model_servers:,}",
            "cores": f"{math.ceil(size.cores):,}",
            "memory, GiB": f"{size.memory_gib:,.0f}",
            "clients, Gbit/s": f"{size.client_gbits:,.1f}",
            "models, Gbit/s": f"{size.model_gbits:,.2f}",
            "gRPC connections": f"{size.connections:,}",
        }
        for size in (sizing.size_for(webcams, cost, sizing.DEPLOYED) for webcams in WEBCAMS)
    ]
    return (
        f"{_headed(name)}, {cost.clients_per_pod} clients per pod and "
        f"{cost.clients_of(sizing.DEPLOYED)} per model server ({cost.clients_per_model_server} if "
        f"it asks for one core):\n\n{markdown_table(rows)}"
    )
