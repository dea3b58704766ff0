"""Instrumentation of Predict calls: metrics, log ids and traces."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from time import perf_counter
from typing import Any

import grpc

from serving.protos.services import PREDICT
from serving.server.monitoring import count_request
from telemetry.logs import log_ids
from telemetry.tracing import Metadata, extract, trace, trace_ids, tracer

_LONGEST_ID = 100
NO_MODEL = ""

Method = Callable[[Any, grpc.ServicerContext], Any]


class CallObserver(grpc.ServerInterceptor):  # type: ignore[type-arg]
    """Interceptor that counts and traces every Predict call.

    Args:
        models: Names that get their own metric label. A call must not create a label for an
            unknown name.
    """

    def __init__(self, models: Callable[[], Collection[str]]) -> None:
        self._models = models

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Any, Any] | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Returns a handler that observes the service's handler."""
        handler = continuation(handler_call_details)
        if handler is None or handler_call_details.method != PREDICT:
            return handler
        method: Any = handler.unary_unary
        return grpc.unary_unary_rpc_method_handler(
            partial(self._observe, method),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _observe(self, method: Method, request: Any, context: grpc.ServicerContext) -> Any:
        start, name = perf_counter(), request.model_spec.name
        model = name if name in self._models() else NO_MODEL
        metadata = _read_metadata(context)
        attributes = {"rpc.system": "grpc", "mien.model": model}
        span = tracer.start_span(PREDICT[1:], extract(metadata), trace.SpanKind.SERVER, attributes)
        request_id = dict(metadata).get("x-request-id", "")[:_LONGEST_ID]
        try:
            with log_ids(request_id=request_id, **trace_ids(span)):
                return method(request, context)
        finally:
            status = (context.code() or grpc.StatusCode.OK).name  # type: ignore[attr-defined]
            count_request(model, status, perf_counter() - start)
            if status != "OK":
                span.set_status(trace.StatusCode.ERROR, status)
            span.end()


def _read_metadata(context: grpc.ServicerContext) -> Metadata:
    """Metadata of a call, without binary values."""
    pairs = context.invocation_metadata() or ()
    return [(str(key), value) for key, value in pairs if isinstance(value, str)]
