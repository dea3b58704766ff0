"""Counts, logs and traces each Predict call."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from time import perf_counter
from typing import Any

import grpc

from serving.protos.services import PREDICT
from serving.server.monitoring import count_request
from telemetry.logs import log_ids
from telemetry.spans import Headers, Traces

_LONGEST_ID = 100
NO_MODEL = ""

Behaviour = Callable[[Any, grpc.ServicerContext], Any]


class CallObserver(grpc.ServerInterceptor):  # type: ignore[type-arg]
    """Stands before the service and sees every Predict call and what becomes of it.

    Args:
        traces: Where their spans go.
        models: The names that are counted apart; a stranger's call must not make a new one.
    """

    def __init__(self, traces: Traces, models: Callable[[], Collection[str]]) -> None:
        self._traces = traces
        self._models = models

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Any, Any] | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Gives gRPC a handler that observes the one of the service."""
        handler = continuation(handler_call_details)
        if handler is None or handler_call_details.method != PREDICT:
            return handler
        behaviour: Any = handler.unary_unary
        return grpc.unary_unary_rpc_method_handler(
            partial(self._observe, behaviour),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _observe(self, behaviour: Behaviour, request: Any, context: grpc.ServicerContext) -> Any:
        start, name = perf_counter(), request.model_spec.name
        model = name if name in self._models() else NO_MODEL
        headers = _read_headers(context)
        about = {"rpc.system": "grpc", "mien.model": model}
        span = self._traces.begin(PREDICT[1:], kind="server", headers=headers, about=about)
        request_id = dict(headers).get("x-request-id", "")[:_LONGEST_ID]
        try:
            with span.active(), log_ids(request_id=request_id, **span.ids):
                return behaviour(request, context)
        finally:
            status = (context.code() or grpc.StatusCode.OK).name  # type: ignore[attr-defined]
            count_request(model, status, perf_counter() - start)
            span.end(error="" if status == "OK" else status)


def _read_headers(context: grpc.ServicerContext) -> Headers:
    """Metadata of a call, without values that are no text."""
    pairs = context.invocation_metadata() or ()
    return [(str(key), value) for key, value in pairs if isinstance(value, str)]
