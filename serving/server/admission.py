"""Admission control: a separate thread pool for Predict with a limited number of calls.

Health and status have other threads, so that a busy server can still report that it is alive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias

import grpc

from serving.protos.services import PREDICT
from serving.server.call_observer import NO_MODEL
from serving.server.monitoring import count_request

WORKERS = 16

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


class Admission(grpc.ServerInterceptor):  # type: ignore[type-arg]
    """Refuses Predict calls with RESOURCE_EXHAUSTED while too many are running or waiting.

    It must be the first interceptor, because gRPC reads the pool from the final handler.

    Args:
        max_calls: Limit of Predict calls that are running or waiting.
    """

    def __init__(self, max_calls: int) -> None:
        self._pool = _CountedPool(WORKERS, thread_name_prefix="predict")
        self._max_calls = max_calls

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Handler | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Returns a handler with its own thread pool, or one that refuses the call."""
        if handler_call_details.method != PREDICT:
            return continuation(handler_call_details)
        if self._pool.calls >= self._max_calls:
            count_request(NO_MODEL, grpc.StatusCode.RESOURCE_EXHAUSTED.name, 0)
            return _REFUSAL
        handler: Any = continuation(handler_call_details)
        method: Any = partial(handler.unary_unary)
        method.experimental_thread_pool = self._pool
        return grpc.unary_unary_rpc_method_handler(
            method, handler.request_deserializer, handler.response_serializer
        )


class _CountedPool(ThreadPoolExecutor):
    """A thread pool that counts its unfinished calls, both running and waiting."""

    calls = 0
    _lock = threading.Lock()

    def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
        with self._lock:
            self.calls += 1
        future = super().submit(*arguments, **options)
        future.add_done_callback(self._count_down)
        return future

    def _count_down(self, _: Future[Any]) -> None:
        with self._lock:
            self.calls -= 1


def _refuse(_messages: Any, context: grpc.ServicerContext) -> Any:
    context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Too many Predict calls. Try again later.")


# A stream's handler, because it does not wait for the request message.
_REFUSAL = grpc.stream_unary_rpc_method_handler(_refuse)
