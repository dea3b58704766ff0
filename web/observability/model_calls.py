"""Metrics and traces of the calls to the models, which several requests may share."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from face_utils.backend import Backend, Done, ModelOutputs, PredictRequest
from face_utils.errors import MienError
from serving.client import CallFailed
from telemetry.tracing import Metadata, inject, links, trace, tracer
from web.observability import metrics

REQUEST_ID = "x-request-id"


class ObservedBackend:
    """A backend that measures each call.

    A call for one request belongs to that request's span. A call for several gets a span of its
    own, which starts a trace and links to the spans of all of them.

    Args:
        backend: Receives the calls.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.is_available = backend.is_available
        self.close = backend.close

    def predict(self, request: PredictRequest, done: Done) -> None:
        """Passes a request on; counts the call when it returns."""
        metrics.model_faces(request.model.name).observe(len(request.crops))
        ids = [value for key, value in request.metadata if key == REQUEST_ID]
        span = _joint_span(request) if len(ids) > 1 else trace.INVALID_SPAN
        if len(ids) > 1:
            request = replace(request, metadata=_joint_metadata(ids, span))
        returned = partial(_returned, request.model.name, time.monotonic(), span, done)
        self._backend.predict(request, returned)


def _joint_span(request: PredictRequest) -> trace.Span:
    """The span of a call for several requests; it does nothing while traces are off."""
    requests = links(request.metadata)
    if not requests:
        return trace.INVALID_SPAN
    name = request.model.name
    return tracer.start_span(
        f"joint predict {name}",
        kind=trace.SpanKind.CLIENT,
        attributes={"mien.model": name, "mien.faces": len(request.crops)},
        links=requests,
    )


def _joint_metadata(ids: Sequence[str], span: trace.Span) -> Metadata:
    """The first request's id with the number of others, and the call's own trace."""
    traces = inject(trace.set_span_in_context(span)) if span.is_recording() else ()
    return ((REQUEST_ID, f"{ids[0]}+{len(ids) - 1}"), *traces)


def _returned(
    model: str, started: float, span: trace.Span, done: Done, outcome: ModelOutputs | MienError
) -> None:
    failure = outcome.kind if isinstance(outcome, CallFailed) else ""
    metrics.count_model_call(model, time.monotonic() - started, failure)
    if failure:
        span.set_status(trace.StatusCode.ERROR, failure)
    span.end()
    done(outcome)
