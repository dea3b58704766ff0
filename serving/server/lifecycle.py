"""Lifecycle of the server: listen, load models, report readiness, poll the folder, stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from process.allocator import release_startup_memory
from process.stop_signals import stop_signals
from serving.server.address import ServerTls, open_port
from serving.server.admission import Admission
from serving.server.call_observer import CallObserver
from serving.server.http_server import start_http_server
from serving.server.model_service import model_service
from serving.server.prediction_service import prediction_service
from serving.server.repository import Repository

_log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 4 * 1024 * 1024
"""A larger message is refused before it is read. 128 crops of 96x96 in colour take 3.4 MiB."""

MAX_CALLS = 128
"""Predict calls running or waiting; more are refused with RESOURCE_EXHAUSTED."""

OTHER_WORKERS = 4
MAX_OTHER_CALLS = 64
"""Calls of status, metadata and health, which have capacity that Predict cannot use."""

STOP_SECONDS = 4.0
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def run_server(
    repository: Repository,
    address: str,
    *,
    tls: ServerTls | None = None,
    http: tuple[str, int] | None = None,
    poll_seconds: float,
    exit_with_stdin: bool,
) -> None:
    """Serves a repository until it has to stop, then lets running calls finish.

    It stops on `stop_signals`. If `exit_with_stdin` is set, it also stops at the end of stdin,
    which occurs even if the parent is killed. The only line on stdout reports that all models are
    loaded.

    Args:
        repository: The models.
        address: Address of gRPC.
        tls: TLS files, or None for plain text.
        http: Host and port of model states and metrics, or None.
        poll_seconds: Time between two polls of the folder.
        exit_with_stdin: Whether to stop at the end of stdin.

    Raises:
        AddressTakenError: An address cannot be listened on.
        OSError: A file of `tls` cannot be used.
    """
    stop_reasons = _watch_for_stop(exit_with_stdin)
    state = health.HealthServicer()
    state.set("", _NOT_SERVING)
    server, address = start_server(repository, state, address, tls=tls)
    poll_repository(repository, state, polls=2)
    if http:  # Not earlier: probes take its first response for readiness.
        start_http_server(repository, *http)
    release_startup_memory()
    print(f"model server ready on {address}", flush=True)
    stopping = threading.Event()
    polling = partial(_poll_until, stopping, poll_seconds, repository, state)
    threading.Thread(target=polling, name="poll", daemon=True).start()
    _log.info("stopping: %s", stop_reasons.get())
    stopping.set()
    state.enter_graceful_shutdown()
    server.stop(STOP_SECONDS).wait()


def start_server(
    repository: Repository,
    state: health.HealthServicer,
    address: str,
    *,
    tls: ServerTls | None = None,
    max_calls: int = MAX_CALLS,
) -> tuple[grpc.Server, str]:
    """Starts to serve calls.

    Args:
        repository: The models.
        state: The health service.
        address: Address of gRPC.
        tls: TLS files, or None for plain text.
        max_calls: Limit of Predict calls that are running or waiting.

    Returns:
        The server, and its address with the actual port instead of port 0.

    Raises:
        AddressTakenError: The address cannot be listened on.
        OSError: A file of `tls` cannot be used.
    """
    server = grpc.server(
        ThreadPoolExecutor(OTHER_WORKERS, thread_name_prefix="call"),
        interceptors=[
            Admission(max_calls),
            CallObserver(lambda: repository.names),
        ],
        options=[
            ("grpc.so_reuseport", 0),  # Otherwise two servers could share a port and its calls.
            ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
            # Otherwise a sender's window grows to 16 MB, filled before a large message is refused.
            ("grpc.http2.bdp_probe", 0),
            # Clients reconnect after a while, and then find servers that were added.
            ("grpc.max_connection_age_ms", 60_000),
            ("grpc.max_connection_age_grace_ms", 5_000),
            # Shortest time between two pings of a client.
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
        ],
        maximum_concurrent_rpcs=max_calls + MAX_OTHER_CALLS,
    )
    server.add_generic_rpc_handlers((prediction_service(repository), model_service(repository)))
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    address = open_port(server, address, tls)
    server.start()
    return server, address


def poll_repository(repository: Repository, state: health.HealthServicer, polls: int = 1) -> None:
    """Polls the repository and updates the health of each model."""
    try:
        for _ in range(polls):
            repository.poll()
    except OSError as error:
        _log.error("Cannot read the models folder, so the loaded models stay: %s", error)
    for name in repository.names:
        state.set(name, _SERVING if repository.servable(name) else _NOT_SERVING)
    state.set("", _SERVING)


def _poll_until(
    stopping: threading.Event, seconds: float, repository: Repository, state: health.HealthServicer
) -> None:
    while not stopping.wait(seconds):
        poll_repository(repository, state)


def _watch_for_stop(stdin: bool) -> SimpleQueue[str]:
    """Returns a queue that receives each reason to stop; `put` may run in a signal handler."""
    reasons: SimpleQueue[str] = SimpleQueue()
    for number in stop_signals():
        signal.signal(number, lambda got, _frame: reasons.put(signal.Signals(got).name))
    if stdin:
        threading.Thread(target=_read_to_end, args=[reasons], name="stdin", daemon=True).start()
    return reasons


def _read_to_end(reasons: SimpleQueue[str]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    reasons.put("end of stdin")
