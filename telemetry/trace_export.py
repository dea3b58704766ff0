"""Export of traces by OpenTelemetry's SDK. This module is imported only if traces are on.

A native thread sends spans in batches, even in a process that eventlet has patched, because a green
thread would encode them in the event loop. OpenTelemetry is therefore imported with the real
`threading`, and with its own copy of `logging`, since the locks of the other one are green. It
sends over gRPC, which has its own sockets. Python's sockets are green by then, and crash the
interpreter at its end when a native thread waits in one. The standard `OTEL_` variables configure
the export.
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
        mode: `console` or `otlp`.
        service: Name of the process, unless `OTEL_SERVICE_NAME` is set.
    """
    _copy_log_handlers()
    named = os.environ.get("OTEL_SERVICE_NAME") or service
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: named}), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(_exporter(mode)))
    _close_at_exit(provider)
    trace.set_tracer_provider(provider)


def _exporter(mode: str) -> SpanExporter:
    if mode == "console":  # Standard output is for messages to the parent process.
        return ConsoleSpanExporter(out=sys.__stderr__ or sys.stderr, formatter=_one_line)
    return OTLPSpanExporter()


def _one_line(span: ReadableSpan) -> str:
    return str(span.to_json(indent=None)) + "\n"


def _copy_log_handlers() -> None:
    """Gives OpenTelemetry's copy of `logging` the log format of the process."""
    if own_logging is logging:
        return
    for handler in logging.getLogger().handlers:
        copy = own_logging.StreamHandler()
        copy.setFormatter(handler.formatter)
        own_logging.getLogger().addHandler(copy)


def _close_at_exit(provider: TracerProvider) -> None:
    """Sends the remaining spans at exit, without a delay if the collector does not respond.

    The thread starts now, because Python 3.12 and later cannot start threads at exit.
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
