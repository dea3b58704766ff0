"""Traces of frames and model calls, by OpenTelemetry.

Code uses OpenTelemetry's own API. While traces are off, every span is the same one, which does
nothing, and the SDK is not imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from process.unpatched_modules import real_modules

# The SDK's native threads use these modules too, so their locks must not be green.
with real_modules("logging"):
    from opentelemetry import trace
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

__all__ = ["Context", "TracesUnavailable", "configure_tracing", "trace", "tracer"]

Metadata = Sequence[tuple[str, str]]
"""Metadata of a gRPC call."""


class Tracer:
    """Creates all spans of Mien.

    Attributes:
        is_on: Whether traces are on. While they are off, spans do nothing, and take a tenth of the
            time of OpenTelemetry's own such spans.
    """

    def __init__(self) -> None:
        self.is_on = False
        self._tracer = trace.get_tracer("mien")

    def start_span(self, name: str, *arguments: Any, **options: Any) -> trace.Span:
        """Starts a span; see `opentelemetry.trace.Tracer.start_span`."""
        if not self.is_on:
            return trace.INVALID_SPAN
        return self._tracer.start_span(name, *arguments, **options)


tracer = Tracer()

_PROPAGATOR = TraceContextTextMapPropagator()


class TracesUnavailable(ValueError):
    """Traces are turned on but their packages are not installed."""


def configure_tracing(mode: str, service: str) -> None:
    """Turns on the traces of this process, unless the mode is `off`.

    Args:
        mode: One of `telemetry.options.TRACE_MODES`.
        service: Name of the process, unless `OTEL_SERVICE_NAME` is set.

    Raises:
        TracesUnavailable: OpenTelemetry's SDK is not installed.
    """
    if mode == "off":
        return
    try:
        from telemetry.trace_export import export_traces
    except ModuleNotFoundError as error:
        raise TracesUnavailable(
            f"Traces ({mode}) need the package {error.name}. Install it with `make tracing` or "
            "`pip install mien[tracing]`, or turn traces off."
        ) from error
    export_traces(mode, service)
    tracer.is_on = True


def inject(context: Context) -> Metadata:
    """Metadata that lets another process continue the trace of a context: W3C's `traceparent`."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, context)
    return tuple(carrier.items())


def extract(metadata: Metadata) -> Context:
    """The trace context in a caller's metadata."""
    return _PROPAGATOR.extract(dict(metadata), Context())


def links(metadata: Metadata) -> list[trace.Link]:
    """Links to all spans whose contexts are in the metadata of one or several requests."""
    contexts = [extract([pair]) for pair in metadata if pair[0] == "traceparent"]
    return [trace.Link(trace.get_current_span(each).get_span_context()) for each in contexts]


def trace_ids(span: trace.Span) -> dict[str, str]:
    """Id of the span's trace for the log; empty while traces are off."""
    context = span.get_span_context()
    return {"trace_id": trace.format_trace_id(context.trace_id)} if context.is_valid else {}
