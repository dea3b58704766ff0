"""Conversion of the server's methods to gRPC handlers, and of errors to gRPC statuses."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import grpc

_log = logging.getLogger(__name__)

IsActive = Callable[[], bool]
"""Whether the caller still waits; false after its deadline or if it is gone."""


class RequestError(Exception):
    """A request that fails.

    Attributes:
        code: The gRPC status of the response.
        message: One sentence for the caller.
    """

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> RequestError:
    """An error for an invalid request."""
    return RequestError(grpc.StatusCode.INVALID_ARGUMENT, message)


def not_found(message: str) -> RequestError:
    """An error for a request for something that this server does not have."""
    return RequestError(grpc.StatusCode.NOT_FOUND, message)


def unary(method: Callable[[Any, IsActive], Any], request: Any) -> grpc.RpcMethodHandler[Any, Any]:
    """Makes a handler of a method that takes a message of the type `request`."""

    def handle(message: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(message, context.is_active)
        except RequestError as error:
            context.abort(error.code, error.message)
        except Exception:
            _log.exception("A %s failed.", request.DESCRIPTOR.name)
            context.abort(
                grpc.StatusCode.INTERNAL, "The model server failed. Its log has the details."
            )

    return grpc.unary_unary_rpc_method_handler(
        handle,
        request_deserializer=request.FromString,
        response_serializer=lambda response: response.SerializeToString(),
    )
