"""Model states and metrics over HTTP, as in TensorFlow Serving."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import ExitStack
from http.client import RemoteDisconnected
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import grpc
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from serving.endpoints import METRICS_PATH
from serving.server.address import AddressTakenError
from serving.server.http_server import MAX_CONNECTIONS, start_http_server
from serving.server.repository import Repository
from serving.server.servable import load_servable

IMAGE = {"image": np.zeros((3, 16, 16, 1), np.uint8)}
OPENER = build_opener(ProxyHandler({}))
TIMEOUT_SECONDS = 20


@pytest.fixture
def ask(repository):
    """Asks for a path; returns the status and the body."""
    server = start_http_server(repository, "127.0.0.1", 0)

    def get(path):
        url = f"http://127.0.0.1:{server.server_address[1]}{path}"
        try:
            response = OPENER.open(url, timeout=TIMEOUT_SECONDS)
        except HTTPError as error:
            response = error
        with response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            return response.status, response.read().decode()

    yield get
    server.shutdown()
    server.server_close()


@pytest.fixture
def count(ask):
    """Gives the value of a metric with these labels, 0 where there is none yet."""

    def value(metric, **labels):
        families = text_string_to_metric_families(ask(METRICS_PATH)[1])
        samples = [sample for family in families for sample in family.samples]
        return sum(
            sample.value
            for sample in samples
            if sample.name == metric and labels.items() <= sample.labels.items()
        )

    return value


def test_model_states_use_tensorflow_servings_format(ask, repository, serve):
    serve(repository)

    code, body = ask("/v1/models/mood")

    assert code == 200
    status = {"error_code": "OK", "error_message": ""}
    version = {"version": "1", "state": "AVAILABLE", "status": status}
    assert json.loads(body) == {"model_version_status": [version]}
    assert ask("/v1/models/mood/versions/1") == (200, body)


def test_a_version_that_could_not_be_loaded_says_why(ask, repository, models):
    (models / "mood/2").mkdir()
    for _ in range(2):
        repository.poll()

    [newest, _] = json.loads(ask("/v1/models/mood")[1])["model_version_status"]

    assert (newest["version"], newest["state"]) == ("2", "END")
    assert "saved_model.pb cannot be read" in newest["status"]["error_message"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/models/anger", "Could not find any versions of model anger"),
        ("/v1/models/mood/versions/7", "Could not find version 7 of model mood"),
        ("/v1/models/mood:predict", "Malformed request: GET /v1/models/mood:predict"),
        ("/", "Malformed request: GET /"),
    ],
)
def test_unknown_paths_and_models_are_404_with_a_reason(ask, repository, serve, path, words):
    serve(repository)

    code, body = ask(path)

    assert (code, json.loads(body)) == (404, {"error": words})


def test_requests_are_counted_by_model_and_status(ask, count, repository, serve, refusal):
    client = serve(repository)
    requests = ":tensorflow:serving:request_count"
    good, wrong = {"model_name": "mood", "status": "OK"}, {"status": "INVALID_ARGUMENT"}
    before = count(requests, **good), count(requests, **wrong)

    client.predict("mood", IMAGE)
    refusal(client.predict, "mood", {})

    assert (count(requests, **good), count(requests, **wrong)) == (before[0] + 1, before[1] + 1)


def test_latency_and_faces_of_a_run_are_measured(ask, count, repository, serve):
    client = serve(repository)
    names = {
        ":tensorflow:serving:request_latency_count": {"API": "Predict", "entrypoint": "GRPC"},
        ":tensorflow:serving:runtime_latency_count": {"API": "Predict", "runtime": "OpenVINO"},
        ":tensorflow:serving:batching_session:processed_batch_size_sum": {},
    }
    before = [count(name, model_name="mood", **labels) for name, labels in names.items()]

    client.predict("mood", IMAGE)

    after = [count(name, model_name="mood", **labels) for name, labels in names.items()]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 3]


def test_unknown_names_add_no_metric_series(ask, count, repository, serve, refusal):
    client = serve(repository)
    before = count(":tensorflow:serving:request_count", model_name="", status="NOT_FOUND")

    for name in ("x1", "x2"):
        assert refusal(client.predict, name, IMAGE)[0] is grpc.StatusCode.NOT_FOUND

    assert "x1" not in ask(METRICS_PATH)[1]
    after = count(":tensorflow:serving:request_count", model_name="", status="NOT_FOUND")
    assert after == before + 2


@pytest.mark.parametrize(
    ("error", "logged"),
    [(ConnectionResetError(), []), (OSError(), ["An HTTP request failed."])],
    ids=["hung up", "failed"],
)
def test_a_request_that_fails_is_logged_unless_the_client_hung_up(caplog, capfd, error, logged):
    class Broken:
        def versions(self, _):
            raise error

    server = start_http_server(Broken(), "127.0.0.1", 0)
    with pytest.raises(RemoteDisconnected):
        OPENER.open(f"http://127.0.0.1:{server.server_address[1]}/v1/models/mood", timeout=20)
    server.shutdown()
    server.server_close()

    assert [record.message for record in caplog.records] == logged
    assert capfd.readouterr().err == ""


def test_memory_and_processor_time_are_shown(ask, count):
    assert count("process_resident_memory_bytes") > 0
    assert count("process_cpu_seconds_total") > 0


def test_an_address_in_use_is_reported(tmp_path):
    repository = Repository(tmp_path, load_servable)
    server = start_http_server(repository, "127.0.0.1", 0)
    port = server.server_address[1]

    with pytest.raises(AddressTakenError, match=f"Cannot listen on 127.0.0.1:{port}"):
        start_http_server(repository, "127.0.0.1", port)
    server.shutdown()
    server.server_close()


def test_idle_connections_do_not_block_new_ones(repository, ask):
    server = start_http_server(repository, "127.0.0.1", 0)
    threads = threading.active_count()
    with ExitStack() as stack:
        idle = [
            stack.enter_context(socket.create_connection(server.server_address, TIMEOUT_SECONDS))
            for _ in range(MAX_CONNECTIONS + 10)
        ]
        assert idle[0].recv(1) == b""  # The oldest one made room.
        url = f"http://127.0.0.1:{server.server_address[1]}{METRICS_PATH}"
        with OPENER.open(url, timeout=TIMEOUT_SECONDS) as response:
            assert response.status == 200
        assert threading.active_count() <= threads + MAX_CONNECTIONS + 1
    server.shutdown()
    server.server_close()
