"""How a method of the server becomes a gRPC handler, and how it refuses a request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import grpc

_log = logging.getLogger(__name__)

IsWanted = Callable[[], bool]
"""Says whether the caller still waits: false once its deadline is over or it has gone."""


class RequestError(Exception):
    """A request that cannot be answered.

    Attributes:
        code: The gRPC status it is answered with.
        message: One sentence for the caller.
    """

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> RequestError:
    """A request that is wrong in itself."""
    return RequestError(grpc.StatusCode.INVALID_ARGUMENT, message)


def not_found(message: str) -> RequestError:
    """A request for something this server does not have."""
    return RequestError(grpc.StatusCode.NOT_FOUND, message)


def unary(method: Callable[[Any, IsWanted], Any], request: Any) -> grpc.RpcMethodHandler[Any, Any]:
    """Makes a handler of a method that takes a message of the type `request`."""

    def answer(message: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(message, context.is_active)
        except RequestError as error:
            context.abort(error.code, error.message)
        except Exception:
            _log.exception("a %s failed", request.DESCRIPTOR.name)
            context.abort(grpc.StatusCode.INTERNAL, "the model server failed; its log says why")

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=request.FromString,
        response_serializer=lambda response: response.SerializeToString(),
    )
