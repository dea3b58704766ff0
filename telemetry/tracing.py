"""The switch of the traces of frames and model calls.

While it is off, no module of OpenTelemetry is imported.
"""

from __future__ import annotations

from telemetry.spans import Traces


class TracesUnavailable(ValueError):
    """Traces are switched on and their packages are not there."""


def build_traces(mode: str, service: str) -> Traces:
    """Builds the traces of a process.

    Args:
        mode: One of `telemetry.options.TRACE_MODES`.
        service: Name of the process, unless `OTEL_SERVICE_NAME` names it.

    Raises:
        TracesUnavailable: OpenTelemetry is not installed.
    """
    if mode == "off":
        return Traces()
    try:
        from telemetry.open_telemetry import build_open_telemetry
    except ModuleNotFoundError as error:
        raise TracesUnavailable(
            f"Traces ({mode}) need the package {error.name}. Install it with `make tracing` or "
            "`pip install mien[tracing]`, or turn traces off."
        ) from error
    return build_open_telemetry(mode, service)
