"""Export of traces by OpenTelemetry's SDK. Imported only where traces are on.

Spans are sent in batches by a real thread, also in a process that eventlet has patched: a green one
would encode them in the event loop. So OpenTelemetry is imported with the real `threading`, and
with a `logging` of its own, since the locks of the other are green. It sends by gRPC, which has
sockets of its own; Python's, by then green, crash the interpreter at its end when a real thread
waits in one. Its settings are the standard `OTEL_` variables.
"""

from __future__ import annotations

import logging
import os
import sys

from process.unpatched_grpc import grpc  # noqa: F401  (before the exporter imports it)
from process.unpatched_modules import real_modules

with real_modules("logging"):
    import atexit
    import logging as own_logging
    import threading

    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import (
        BatchSpanProcessor,
        ConsoleSpanExporter,
        SpanExporter,
    )

CLOSE_SECONDS = 2.0


def export_traces(mode: str, service: str) -> None:
    """Writes spans to standard error (`console`), or sends them to a collector (`otlp`).

    Args:
        mode: Where they go.
        service: Name of the process, unless `OTEL_SERVICE_NAME` names it.
    """
    _log_alike()
    named = os.environ.get("OTEL_SERVICE_NAME") or service
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: named}), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(_exporter(mode)))
    _close_at_exit(provider)
    trace.set_tracer_provider(provider)


def _exporter(mode: str) -> SpanExporter:
    if mode == "console":  # Standard output belongs to what the process says to its parent.
        return ConsoleSpanExporter(out=sys.__stderr__ or sys.stderr, formatter=_one_line)
    return OTLPSpanExporter()


def _one_line(span: ReadableSpan) -> str:
    return str(span.to_json(indent=None)) + "\n"


def _log_alike() -> None:
    """Has OpenTelemetry's own log look like that of the process."""
    if own_logging is logging:
        return
    for handler in logging.getLogger().handlers:
        twin = own_logging.StreamHandler()
        twin.setFormatter(handler.formatter)
        own_logging.getLogger().addHandler(twin)


def _close_at_exit(provider: TracerProvider) -> None:
    """Sends what is left; a collector that does not answer holds nobody up.

    The thread starts now: from 3.12 on, Python starts none at its end.
    """
    is_ending = threading.Event()

    def shut_down() -> None:
        is_ending.wait()
        provider.shutdown()

    def close() -> None:
        is_ending.set()
        ending.join(CLOSE_SECONDS)

    ending = threading.Thread(target=shut_down, name="traces-end", daemon=True)
    ending.start()
    atexit.register(close)
