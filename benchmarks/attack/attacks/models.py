"""A model server that hangs, and excessive requests to it (items 4, 9 and 10)."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from urllib.parse import quote

import grpc
import psutil

from benchmarks.attack.attacks.attack import Attack, Outcome
from benchmarks.attack.endpoint import Deadline, Endpoint
from benchmarks.attack.footprint import model_server
from serving.contract import load_contract
from serving.protos import get_model_status_pb2, predict_pb2, tensor_pb2
from serving.protos.services import ModelServiceStub, PredictionServiceStub

CLAIMED_ROWS, CLAIMS = 1024, 20
LARGE_BYTES, LARGE_REQUESTS = 60_000_000, 12
STATUS_SECONDS = 1.0
"""Shortest deadline of the app's status calls, after which it takes the models for unavailable."""


def hang(endpoint: Endpoint) -> Outcome:
    """Stops the model server with SIGSTOP, which looks like a hang from outside."""
    server = model_server(endpoint.app_pid)
    server.send_signal(signal.SIGSTOP)
    try:
        Deadline.after(endpoint.seconds).wait()
    finally:
        with suppress(psutil.NoSuchProcess):  # The app may have replaced it.
            server.send_signal(signal.SIGCONT)
    return Outcome()


def greedy_predicts(endpoint: Endpoint) -> Outcome:
    """Sends 20 tiny Predicts that claim 1,024 rows each, 12 of 60 MB, and status requests."""
    deadline, outcome = Deadline.after(endpoint.seconds), Outcome({"status_failures": 0})
    with (
        closing(grpc.insecure_channel(_target(endpoint), options=_UNBOUNDED)) as channel,
        ThreadPoolExecutor(CLAIMS + 1) as pool,
    ):
        stub = PredictionServiceStub(channel)
        for _ in range(CLAIMS):
            pool.submit(_claim, stub, deadline)
        pool.submit(_send_large, stub, deadline)
        _ask_status(channel, deadline, outcome)
    if outcome.notes["status_failures"]:
        outcome.faults.append("the model server's status took over 1 s")
    return outcome


_UNBOUNDED = [("grpc.max_send_message_length", -1), ("grpc.enable_http_proxy", 0)]


def _target(endpoint: Endpoint) -> str:
    command = model_server(endpoint.app_pid).cmdline()
    return f"unix:{quote(command[command.index('--socket') + 1])}"


def _claim(stub: PredictionServiceStub, deadline: Deadline) -> None:
    size = load_contract()["emotion"].size
    request = _request([CLAIMED_ROWS, size, size])
    while not deadline.is_over:
        with suppress(grpc.RpcError):
            stub.predict(request, timeout=5)
        deadline.wait(0.05)


def _send_large(stub: PredictionServiceStub, deadline: Deadline) -> None:
    request = _request([LARGE_BYTES])
    request.inputs["image"].tensor_content = bytes(LARGE_BYTES)
    for _ in range(LARGE_REQUESTS):
        if not deadline.is_over:
            with suppress(grpc.RpcError):
                stub.predict(request, timeout=5)


def _request(shape: list[int]) -> predict_pb2.PredictRequest:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "emotion"
    tensor = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_UINT8)
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    request.inputs["image"].CopyFrom(tensor)
    return request


def _ask_status(channel: grpc.Channel, deadline: Deadline, outcome: Outcome) -> None:
    stub = ModelServiceStub(channel)
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "emotion"
    while not deadline.is_over:
        try:
            stub.get_model_status(request, timeout=STATUS_SECONDS)
        except grpc.RpcError:
            outcome.notes["status_failures"] += 1
        deadline.wait(0.25)


ATTACKS = (
    Attack("hanging-model-server", "the model server is stopped with SIGSTOP", hang),
    Attack("greedy-predicts", "20 claims of 1,024 rows, 12 requests of 60 MB", greedy_predicts),
)
