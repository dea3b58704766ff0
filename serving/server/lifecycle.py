"""The server's life: bind, load, say that it is ready, keep in step with the folder, stop."""

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
"""A larger message is refused before it is read; 128 crops of 96x96 in colour take 3.4 MiB."""

MAX_CALLS = 128
"""Predict calls in work or waiting; any more are answered with RESOURCE_EXHAUSTED."""

OTHER_WORKERS = 4
MAX_OTHER_CALLS = 64
"""Calls of status, metadata and health, which Predict cannot keep from being answered."""

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
    """Serves a repository until it is told to stop, then lets the calls in work finish.

    `stop_signals` tell it to stop, and the end of stdin if `exit_with_stdin` is set, which
    comes even if the parent is killed. The one line on stdout says that the first load is over.

    Args:
        repository: The models.
        address: Where gRPC is served.
        tls: What it is served with, or None for plain text.
        http: Host and port where states and metrics are shown, or None.
        poll_seconds: Time between looks at the folder.
        exit_with_stdin: Whether the end of stdin is a reason to stop.

    Raises:
        AddressTakenError: An address cannot be listened on.
        OSError: A file of `tls` cannot be used.
    """
    stop_reasons = _watch_for_stop(exit_with_stdin)
    state = health.HealthServicer()
    state.set("", _NOT_SERVING)
    server, address = start_server(repository, state, address, tls=tls)
    keep_in_step(repository, state, polls=2)
    if http:  # not before: probes take its first answer for readiness
        start_http_server(repository, *http)
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
    """Starts to answer calls.

    Args:
        repository: The models.
        state: What the health service says.
        address: Where gRPC is served.
        tls: What it is served with, or None for plain text.
        max_calls: Predict calls in work or waiting.

    Returns:
        The server, and its address, with a free port where port 0 was asked for.

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
            ("grpc.so_reuseport", 0),  # or two servers would share a port, and the calls to it
            ("grpc.max_receive_message_length", MAX_REQUEST_BYTES),
            # Else a sender's window grows to 16 MB, filled before a large message is refused.
            ("grpc.http2.bdp_probe", 0),
            # Clients come back after a while, and so find servers that were added since.
            ("grpc.max_connection_age_ms", 60_000),
            ("grpc.max_connection_age_grace_ms", 5_000),
            # Clients may ask this often whether the server is still there.
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
        ],
        maximum_concurrent_rpcs=max_calls + MAX_OTHER_CALLS,
    )
    server.add_generic_rpc_handlers((prediction_service(repository), model_service(repository)))
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    address = open_port(server, address, tls)
    server.start()
    return server, address


def keep_in_step(repository: Repository, state: health.HealthServicer, polls: int = 1) -> None:
    """Polls the repository, and tells the health service how each model is."""
    try:
        for _ in range(polls):
            repository.poll()
    except OSError as error:
        _log.error("the models folder cannot be read, so all stays as it is: %s", error)
    for name in repository.names:
        state.set(name, _SERVING if repository.servable(name) else _NOT_SERVING)
    state.set("", _SERVING)


def _poll_until(
    stopping: threading.Event, seconds: float, repository: Repository, state: health.HealthServicer
) -> None:
    while not stopping.wait(seconds):
        keep_in_step(repository, state)


def _watch_for_stop(stdin: bool) -> SimpleQueue[str]:
    """Gives a queue that receives each reason to stop; its `put` may run in a signal handler."""
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
