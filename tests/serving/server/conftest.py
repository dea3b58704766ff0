"""Sample models, a server on loopback that serves them, and a client of TensorFlow's own API."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from serving.contract import MODELS
from serving.server.lifecycle import poll_repository, start_server
from serving.server.repository import Repository
from serving.server.servable import load_servable
from serving.tensors import decode, encode
from tests.serving.reference import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    tensor_pb2,
)

ROOT = Path(__file__).parents[3]
REAL_MODELS = sorted(path.parent for path in MODELS.glob("*/*/saved_model.pb"))


class Client:
    """Calls with a model's name and, if given, `version`, `signature_name` or `version_label`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.channel = channel = grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)])
        self.prediction = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        self.model = model_service_pb2_grpc.ModelServiceStub(channel)
        self.health = health_pb2_grpc.HealthStub(channel)

    def request(self, name, arrays, outputs=(), **spec):
        inputs = {key: _tensor(array) for key, array in arrays.items()}
        request = predict_pb2.PredictRequest(inputs=inputs, output_filter=outputs)
        return _named(request, name, **spec)

    def predict(self, name, arrays, outputs=(), **spec):
        return self.prediction.Predict(self.request(name, arrays, outputs, **spec), timeout=30)

    def outputs(self, name, arrays, outputs=(), **spec):
        response = self.predict(name, arrays, outputs, **spec)
        return {key: decode(tensor) for key, tensor in response.outputs.items()}

    def metadata(self, name, fields=("signature_def",), **spec):
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=fields)
        return self.prediction.GetModelMetadata(_named(request, name, **spec), timeout=30)

    def status(self, name, **spec):
        """Gives what is known of each version, newest first."""
        request = _named(get_model_status_pb2.GetModelStatusRequest(), name, **spec)
        return list(self.model.GetModelStatus(request, timeout=30).model_version_status)

    def states(self, name):
        return {v.version: type(v).State.Name(v.state) for v in self.status(name)}

    def is_serving(self, name):
        response = self.health.Check(health_pb2.HealthCheckRequest(service=name), timeout=30)
        return response.status == health_pb2.HealthCheckResponse.SERVING


def _tensor(array: np.ndarray) -> Any:
    return tensor_pb2.TensorProto.FromString(encode(array).SerializeToString())


def _named(request: Any, name: str, version: int | None = None, **spec: str) -> Any:
    request.model_spec.name = name
    if version is not None:
        request.model_spec.version.value = version
    for key, value in spec.items():
        setattr(request.model_spec, key, value)
    return request


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of `sample_models.py`, with expected outputs of the project's own models too."""
    folder = tmp_path_factory.mktemp("sample_models")
    script = Path(__file__).with_name("sample_models.py")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ONEDNN_MAX_CPU_ISA": "AVX2"}
    subprocess.run(
        [sys.executable, script, folder, *REAL_MODELS],
        env=environment,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def expected_outputs(samples: Path) -> Callable[[str, int], tuple[dict, dict]]:
    """Returns a batch of images, and TensorFlow's outputs for it."""

    def load(name: str, version: int = 1) -> tuple[dict, dict]:
        with np.load(samples / "expected_outputs" / f"{name}-{version}.npz") as arrays:
            outputs = dict(arrays)
        return {"image": outputs.pop("image")}, outputs

    return load


def copy_models(samples: Path, folder: Path) -> Path:
    """Makes a models folder with `mood/1` and `years/1`."""
    return Path(shutil.copytree(samples / "models", folder, ignore=shutil.ignore_patterns("2")))


@pytest.fixture
def models(samples: Path, tmp_path: Path) -> Path:
    """A models folder with `mood/1` and `years/1`, for this test to change."""
    return copy_models(samples, tmp_path / "models")


@pytest.fixture
def repository(models: Path) -> Repository:
    """That folder, not looked at yet."""
    return Repository(models, load_servable)


@pytest.fixture
def client_of() -> Iterator[Callable[[str], Client]]:
    """Gives a client of the server at an address."""
    clients: list[Client] = []

    def connect(address: str) -> Client:
        clients.append(Client(address))
        return clients[-1]

    yield connect
    for client in clients:
        client.channel.close()


@contextmanager
def serving(repository: Repository, **limits: int) -> Iterator[Client]:
    """Serves a repository on a free port, and gives a client."""
    state = health.HealthServicer()
    server, address = start_server(repository, state, "127.0.0.1:0", **limits)
    poll_repository(repository, state, polls=2)
    client = Client(address)
    yield client
    client.channel.close()
    server.stop(None).wait()


@pytest.fixture
def serve() -> Iterator[Callable[..., Client]]:
    """Serves a repository of this test, and gives a client."""
    with ExitStack() as servers:
        yield lambda repository, **limits: servers.enter_context(serving(repository, **limits))


@pytest.fixture(scope="session")
def client(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server with `mood/1` and `years/1`, which all tests share."""
    folder = copy_models(samples, tmp_path_factory.mktemp("shared") / "models")
    with serving(Repository(folder, load_servable)) as client:
        yield client


@pytest.fixture
def refusal() -> Callable[..., tuple[grpc.StatusCode, str]]:
    """Gives the status and the words with which a call is refused."""

    def catch(call: Callable[..., object], *args: object, **kwargs: object):
        with pytest.raises(grpc.RpcError) as caught:
            call(*args, **kwargs)
        return caught.value.code(), caught.value.details()

    return catch


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition holds, and fails if it does not within a long time."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.01)

    return wait


@pytest.fixture
def start():
    """Runs `python -m serving` with options, until the test is over."""
    processes = []

    def run(*options, **kwargs):
        if "--socket" not in options:
            options = ("--port", "0", *options)
        command = [sys.executable, "-m", "serving", *map(str, options)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe, **kwargs
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()
