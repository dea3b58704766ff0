"""Options of `python -m serving`, and what it says when one is wrong."""

from __future__ import annotations

import json
import socket
from urllib.request import ProxyHandler, build_opener

import pytest

from tests.serving.server.server_process import address, ended


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--models", "nowhere"], "The models folder nowhere does not exist."),
        (["--contract", "nowhere.toml"], "The model contract 'nowhere.toml' does not exist."),
        (["--contract", "Makefile"], "Makefile is not valid TOML"),
    ],
)
def test_startup_errors_are_one_line(start, models, options, words):
    code, out, err = ended(start("--models", models, *options))

    assert (code, out) == (1, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_port_in_use_is_reported_in_one_line(start, models):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = ended(start("--models", models, "--port", port))

    assert (code, out) == (1, "")
    assert (
        err == f"The model server cannot start: Cannot listen on 127.0.0.1:{port}. "
        "Stop the program that uses it, or choose another address.\n"
    )


@pytest.mark.parametrize("port", ["99999", "-1", "grpc"])
def test_an_invalid_port_is_refused(start, port):
    code, _, err = ended(start(f"--port={port}"))

    assert code == 2
    assert f"--port: '{port}' is not a port from 0 to 65535" in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--tls-certificate", "a.pem"], "--tls-certificate and --tls-key need each other"),
        (["--tls-client-ca", "a.pem"], "--tls-client-ca needs --tls-certificate"),
        (["--log-format", "xml"], "--log-format"),
    ],
)
def test_half_of_a_setting_is_refused(start, options, words):
    code, _, err = ended(start(*options))

    assert code == 2
    assert words in err


def test_states_and_metrics_have_a_separate_port(start, models, free_port):
    port = free_port()
    address(start("--models", models, "--http-port", port))

    with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/v1/models/mood") as response:
        assert b'"AVAILABLE"' in response.read()


def test_its_log_can_be_json(start, models):
    process = start("--models", models, "--log-format", "json")
    address(process)
    process.terminate()

    lines = [json.loads(line) for line in ended(process)[2].splitlines()]

    assert {"mood/1 loaded", "stopping: SIGTERM"} <= {line["message"] for line in lines}


def test_its_log_can_be_limited_to_warnings(start, models):
    process = start("--models", models, "--log-level", "WARNING")
    address(process)
    process.terminate()

    assert ended(process)[2] == ""


def test_two_servers_never_share_a_port(start, models):
    first = address(start("--models", models))

    assert ended(start("--models", models, "--port", first.split(":")[1]))[0] == 1
