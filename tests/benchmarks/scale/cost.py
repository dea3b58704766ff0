"""A cost in round numbers, for computing sizes."""

from __future__ import annotations

from benchmarks.scale.sizing import Cost

COST = Cost(
    rate=10.0,
    app_cpu_ms=10.0,
    model_cpu_ms=2.0,
    hub_ms=2.0,
    client_bytes=25_000.0,
    model_bytes=5_000.0,
    app_mib=128.0,
    session_mib=1.0,
    model_mib=256.0,
)
