"""The server's life: bind, load, say that it is ready, keep in step with the folder, stop."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import quote

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from serving.server.model_service import model_service
from serving.server.prediction_service import prediction_service
from serving.server.repository import Repository

_log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
WORKERS = 16
MAX_CALLS = 256
"""Calls in work or waiting; gRPC answers any more with RESOURCE_EXHAUSTED."""

STOP_SECONDS = 4.0
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class AddressTakenError(OSError):
    """The address to listen on is in use, or is not of this machine."""


def unix_address(path: Path) -> str:
    """Gives the address of a unix socket, on which nobody listens yet.

    A file that a killed server left there is no matter: gRPC removes it. It would as well remove
    that of a server that lives.

    Raises:
        AddressTakenError: A server listens there.
        OSError: The path is too long.
    """
    address = f"unix:{quote(str(path))}"
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise AddressTakenError(f"cannot listen on {address}, is it in use?")
    return address


def run_server(
    repository: Repository, address: str, poll_seconds: float, exit_with_stdin: bool
) -> None:
    """Serves a repository until it is told to stop, then lets the calls in work finish.

    SIGTERM and SIGINT tell it to stop, and the end of stdin if `exit_with_stdin` is set, which
    comes even if the parent is killed. The one line on stdout says that the first load is over.

    Raises:
        AddressTakenError: The address cannot be listened on.
    """
    stop_reasons = _watch_for_stop(exit_with_stdin)
    state = health.HealthServicer()
    state.set("", _NOT_SERVING)
    server, address = start_server(repository, state, address)
    keep_in_step(repository, state, polls=2)
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
    max_calls: int = MAX_CALLS,
) -> tuple[grpc.Server, str]:
    """Starts to answer calls.

    Returns:
        The server, and its address, with a free port where port 0 was asked for.

    Raises:
        AddressTakenError: The address cannot be listened on.
    """
    server = grpc.server(
        ThreadPoolExecutor(WORKERS, thread_name_prefix="call"),
        options=[
            ("grpc.so_reuseport", 0),  # or two servers would share a port, and the calls to it
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
            # Clients may ask this often whether the server is still there.
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
        ],
        maximum_concurrent_rpcs=max_calls,
    )
    server.add_generic_rpc_handlers((prediction_service(repository), model_service(repository)))
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise AddressTakenError(f"cannot listen on {address}, is it in use?") from error
    server.start()
    return server, _with_port(address, port)


def _with_port(address: str, port: int) -> str:
    if address.startswith("unix:"):
        return address
    return f"{address.rpartition(':')[0]}:{port}"


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
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _frame: reasons.put(signal.Signals(got).name))
    if stdin:
        threading.Thread(target=_read_to_end, args=[reasons], name="stdin", daemon=True).start()
    return reasons


def _read_to_end(reasons: SimpleQueue[str]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    reasons.put("end of stdin")
