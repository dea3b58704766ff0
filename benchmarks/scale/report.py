"""Report: the sections of the page on capacity planning, `docs/reference/sizing.md`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from benchmarks.markdown import Row, markdown_table
from benchmarks.scale import sizing
from benchmarks.scale.fleet import FleetMetrics
from benchmarks.scale.sizing import Cost
from web.processes.place import APPS_PER_MODEL_SERVER

CORES = (2, 4, 8, 16, 32, 64)
WEBCAMS = (1_000, 10_000, 100_000)
MAX_DROPPED = 0.02
NAMES = {
    "frame": "whole frames (`frame`, 640 x 480, JPEG)",
    "faces": "faces detected in the browser (`faces`)",
}


def introduction(machine: str) -> str:
    """Title, purpose and machine."""
    return (
        "# Capacity planning\n\n"
        "For operators who plan hardware or a cluster: the cost of a webcam, how apps scale, and "
        "what\nmachines with 2 to 64 cores and clusters for 1,000 to 100,000 webcams carry. `make "
        "scale` writes this\npage. The tables of machines and clusters are computed from "
        "measurements on one small machine.\n\n"
        f"Machine: {machine}, shared by clients, apps and model server. Each webcam sends 10 "
        "frames/s with one face."
    )


def scaling(rows: Sequence[FleetMetrics], rate: float) -> str:
    """Measurements of one, two and three apps."""
    first, last = rows[0], rows[-1]
    factor = last.frames_per_second / first.frames_per_second
    return (
        "## From one app to three\n\n"
        f"Each app has {first.clients} clients with {rate:.0f} frames/s each. All apps share one "
        f"model server. {last.apps} apps analyze\n{factor:.2f} times as many frames as one, "
        "at about the same cost per frame.\n\n"
        f"{markdown_table([_row(row) for row in rows])}"
    )


def one_port(rows: Sequence[FleetMetrics], rate: float) -> str:
    """Measurements of one service with one and two app processes."""
    return (
        "## App processes behind one port\n\n"
        f"`make run PROCESSES=2` on the same two cores, {rate:.0f} frames/s from each client. The "
        "processes share\na model server, and their CPU time includes that of their parent. See "
        "[All cores](../how-to/all-cores.md).\n\n"
        f"{markdown_table([_row(row) for row in rows])}"
    )


def machines(kinds: Mapping[str, Cost]) -> str:
    """What machines with 2 to 64 cores carry."""
    return (
        "## One machine\n\n"
        "Computed from the cost of a webcam: one app process per core (`PROCESSES=auto`), "
        f"{APPS_PER_MODEL_SERVER} of them per model\nserver, and every resource used to at most "
        f"{sizing.TARGET_UTILISATION:.0%}. Nothing was measured above two cores. Memory\nbandwidth "
        "and clock rates under full load are not part of it, so measure before you buy.\n\n"
        + "\n\n".join(_machines(NAMES[event], cost) for event, cost in kinds.items())
    )


def _machines(name: str, cost: Cost) -> str:
    sizes = [sizing.machine_for(cores, cost) for cores in CORES]
    rows: list[Row] = [
        {
            "cores": size.cores,
            "model servers": size.model_servers,
            "webcams": f"{size.webcams:,}",
            "memory, GiB": f"{size.memory_gib:,.1f}",
            "clients, Gbit/s": f"{size.client_gbits:,.2f}",
            "first bottleneck": size.bottleneck,
            "the next, at webcams": f"{size.next_bottleneck}, {size.next_webcams:,}",
        }
        for size in sizes
    ]
    return f"{_capitalised(name)}:\n\n{markdown_table(rows)}"


def single_app(rows: Sequence[FleetMetrics], rate: float) -> str:
    """Measurements of one app with more and more clients."""
    kept_up = [row.clients for row in rows if row.dropped <= MAX_DROPPED]
    return (
        "## A single app\n\n"
        f"Clients were added until the app dropped more than {MAX_DROPPED:.0%} of the frames. It "
        f"handles {max(kept_up, default=0)} webcams with\n{rate:.0f} frames/s each.\n\n"
        f"{markdown_table([_row(row) for row in rows])}"
    )


def costs(kinds: Mapping[str, Cost]) -> str:
    """Cost of a frame and of a client."""
    rows: list[Row] = [
        {
            "clients send": NAMES[event],
            "app, CPU-ms per frame": cost.app_cpu_ms,
            "main thread, CPU-ms per frame": cost.hub_ms,
            "models, CPU-ms per frame": cost.model_cpu_ms,
            "client, kB per frame": cost.client_bytes / 1e3,
            "models, kB per frame": cost.model_bytes / 1e3,
            "app, MiB": round(cost.app_mib),
            "MiB per client": cost.session_mib,
            "model server, MiB": round(cost.model_mib),
        }
        for event, cost in kinds.items()
    ]
    return (
        "## Cost of a webcam\n\n"
        "The main thread is part of the app's time; all clients of an app share it. Bytes are "
        "counted on the\nloopback device, both ways, with TCP and IP headers and without TLS.\n\n"
        f"{markdown_table(rows)}"
    )


def clusters(kinds: Mapping[str, Cost]) -> str:
    """Sizes of clusters for many webcams."""
    tables = [_cluster(NAMES[event], cost) for event, cost in kinds.items()]
    return (
        "## Clusters\n\n"
        f"An app pod requests {_cores(sizing.POD_CORES)} and a model server "
        f"{_cores(sizing.DEPLOYED.cores)}. The autoscalers keep both at "
        f"{sizing.TARGET_UTILISATION:.0%} of their request. Add\none or two of each, so that one "
        "can fail or be replaced. Every pod has a gRPC connection to every\nmodel server.\n\n"
        "For thousands of webcams let a model server request a whole core. The cores stay the "
        "same, but there\nare a quarter of the model servers, of their memory and of the "
        "connections. Above about 10,000 webcams\nwith whole frames, build cells: separate "
        "clusters with separate host names. Sessions are independent\nof each other, and the "
        "number of connections stays small.\n\n" + "\n\n".join(tables)
    )


def bottlenecks(kinds: Mapping[str, Cost], cores: int) -> str:
    """Resources that run out first."""
    tables = []
    for event, cost in kinds.items():
        rows: list[Row] = [
            {"webcams": found.webcams, "bottleneck": found.resource, "remedy": found.remedy}
            for found in sizing.bottlenecks(cost, cores, sizing.DEPLOYED)
        ]
        tables.append(f"{_capitalised(NAMES[event])}:\n\n{markdown_table(rows)}")
    return (
        "## Bottlenecks\n\n"
        "On one machine the first line of each table is the first bottleneck. In a cluster, where "
        "every pod gets\nwhat it requests, the first bottleneck is the maximum of an autoscaler. "
        "Beyond it pods are busier than\nintended, up to their limits. Once both maxima are "
        "raised, it is the proxy.\n\n" + "\n\n".join(tables)
    )


def _cores(cores: float) -> str:
    return "one core" if cores == 1.0 else f"{cores:g} cores"


def _capitalised(name: str) -> str:
    return name[0].upper() + name[1:]


def _row(row: FleetMetrics) -> Row:
    return {
        "apps": row.apps,
        "clients": row.clients,
        "frames/s": row.frames_per_second,
        "emotion p95 ms": row.emotion_p95_ms,
        "dropped": f"{row.dropped:.1%}",
        "app, CPU-ms per frame": row.app_cpu_ms,
        "models, CPU-ms per frame": row.model_cpu_ms,
        "cores": row.cores,
        "MiB per app": round(row.app_mib),
        "model server, MiB": round(row.model_mib),
    }


def _cluster(name: str, cost: Cost) -> str:
    sizes = [sizing.size_for(webcams, cost, sizing.DEPLOYED) for webcams in WEBCAMS]
    rows: list[Row] = [
        {
            "webcams": f"{size.webcams:,}",
            "app pods": f"{size.pods:,}",
            "model servers": f"{size.model_servers:,}",
            "cores": f"{math.ceil(size.cores):,}",
            "memory, GiB": f"{size.memory_gib:,.0f}",
            "clients, Gbit/s": f"{size.client_gbits:,.1f}",
            "models, Gbit/s": f"{size.model_gbits:,.2f}",
            "gRPC connections": f"{size.connections:,}",
        }
        for size in sizes
    ]
    return (
        f"{_capitalised(name)}, {cost.clients_per_pod} clients per pod and "
        f"{cost.clients_of(sizing.DEPLOYED)} per model server ({cost.clients_per_model_server} if "
        f"it requests one core):\n\n{markdown_table(rows)}"
    )
