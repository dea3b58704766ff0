"""HTTP server with the paths of TensorFlow Serving's HTTP port that probes and Prometheus use.

`GET /v1/models/NAME[/versions/NUMBER]` returns a model's state, as in `g3doc/api_rest.md` of
TensorFlow Serving. `GET /monitoring/prometheus/metrics` returns the metrics. Predictions are served
over gRPC only.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import sys
import threading
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from google.protobuf.json_format import MessageToJson
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from serving.endpoints import METRICS_PATH
from serving.protos import get_model_status_pb2
from serving.server.address import AddressTakenError
from serving.server.model_service import model_status
from serving.server.monitoring import REGISTRY
from serving.server.repository import Repository
from serving.server.rpc import RequestError

_log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30
MAX_CONNECTIONS = 64
"""Open connections. Another one closes the oldest, so that idle connections block no probe."""

_STATUS_PATH = re.compile(r"/v1/models/([^/:]+)(?:/versions/(\d{1,18}))?")
_JSON = "application/json"
_CODES = {grpc.StatusCode.NOT_FOUND: HTTPStatus.NOT_FOUND}


def start_http_server(repository: Repository, host: str, port: int) -> ThreadingHTTPServer:
    """Starts an HTTP server with its own threads.

    Raises:
        AddressTakenError: The address cannot be listened on.
    """
    try:
        server = _Server((host, port), partial(_Handler, repository))
    except OSError as error:
        raise AddressTakenError(f"{host}:{port}") from error
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    """Serves each connection in a thread; new connections replace the oldest ones."""

    def __init__(self, *arguments: Any) -> None:
        self._open: dict[Any, None] = {}
        self._lock = threading.Lock()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Starts a thread for a connection, and closes the oldest one if there are too many."""
        with self._lock:
            if len(self._open) >= MAX_CONNECTIONS:
                oldest = next(iter(self._open))
                del self._open[oldest]
                with suppress(OSError):  # The client may already have closed it.
                    oldest.shutdown(socket.SHUT_RDWR)
            self._open[request] = None
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Closes a connection."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """Logs a failed request, unless the client closed the connection."""
        if not isinstance(sys.exception(), ConnectionError):
            _log.exception("An HTTP request failed.")


class _Handler(BaseHTTPRequestHandler):
    timeout = TIMEOUT_SECONDS

    def __init__(self, repository: Repository, *arguments: object) -> None:
        self._repository = repository
        super().__init__(*arguments)  # type: ignore[arg-type]  # It handles the request at once.

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == METRICS_PATH:
            self._respond(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(REGISTRY))
        elif wanted := _STATUS_PATH.fullmatch(path):
            self._respond_with_status(*wanted.groups())
        else:
            self._refuse(HTTPStatus.NOT_FOUND, f"Malformed request: GET {path}")

    def _respond_with_status(self, name: str, version: str | None) -> None:
        request = get_model_status_pb2.GetModelStatusRequest()
        request.model_spec.name = name
        if version is not None:
            request.model_spec.version.value = int(version)
        try:
            response = model_status(self._repository, request)
        except RequestError as error:
            self._refuse(_CODES.get(error.code, HTTPStatus.BAD_REQUEST), error.message)
            return
        text = MessageToJson(
            response, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        self._respond(HTTPStatus.OK, _JSON, text.encode())

    def _refuse(self, code: HTTPStatus, message: str) -> None:
        self._respond(code, _JSON, json.dumps({"error": message}).encode())

    def _respond(self, code: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Writes nothing, because probes and Prometheus send several requests per minute."""
