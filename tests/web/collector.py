"""An OTLP collector that keeps the traces it receives."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Event
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Seen:
    """A span that came.

    Attributes:
        service: Name of the process that sent it.
        name: Its name.
        trace: The trace that it belongs to.
        id: Its id.
        parent: That of the span around it; empty at the root.
        milliseconds: How long it took.
        about: Its attributes that are texts.
    """

    service: str
    name: str
    trace: bytes
    id: bytes
    parent: bytes
    milliseconds: float
    about: dict[str, str]


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps all received spans; while `go_on` is not set, it does not respond."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        self.asked, self.go_on = Event(), Event()
        self._news = Condition()
        self._server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802
        with self._news:
            self.spans += [seen for part in request.resource_spans for seen in _read(part)]
            self._news.notify_all()
        self.asked.set()
        self.go_on.wait(TIMEOUT_SECONDS)
        return trace_service_pb2.ExportTraceServiceResponse()

    def wait_for(self, name: str, *, parent: bytes = b"", **about: str) -> Seen:
        """Waits for a span of this name below `parent`, with these attributes of ours."""
        wanted = {f"mien.{key}": value for key, value in about.items()}

        def find() -> Seen | None:
            named = (s for s in self.spans if (s.name, s.parent) == (name, parent))
            return next((s for s in named if wanted.items() <= s.about.items()), None)

        with self._news:
            found = self._news.wait_for(find, TIMEOUT_SECONDS)
        assert found, f"{name} {about} did not come: {[span.name for span in self.spans]}"
        return found

    def stop(self) -> None:
        self.go_on.set()
        self._server.stop(0).wait()


def _read(part: Any) -> Iterator[Seen]:
    service = _texts(part.resource.attributes)["service.name"]
    for span in (span for scope in part.scope_spans for span in scope.spans):
        took = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6
        about = _texts(span.attributes)
        ids = span.trace_id, span.span_id, span.parent_span_id
        yield Seen(service, span.name, *ids, took, about)


def _texts(attributes: Any) -> dict[str, str]:
    return {pair.key: pair.value.string_value for pair in attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that responds at once."""
    collector = Collector()
    collector.go_on.set()
    try:
        yield collector
    finally:
        collector.stop()
