from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

import grpc
import numpy as np
import psutil
import pytest

ROOT = Path(__file__).parents[3]
IMAGE = {"image": np.zeros((1, 16, 16, 1), np.uint8)}


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


def address(process):
    """Waits until a server is ready."""
    line = process.stdout.readline()
    return re.fullmatch(r"model server ready on (127\.0\.0\.1:\d+|unix:\S+)\n", line)[1]


def ended(process):
    """Waits until a process has ended, and gives its exit code and what it said last."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_one_command_serves_a_folder(start, models, client_of, expected_outputs):
    client = client_of(address(start("--models", models)))
    inputs, expected = expected_outputs("mood")

    given = client.outputs("mood", inputs)["probabilities"]

    np.testing.assert_allclose(given, expected["probabilities"], rtol=0, atol=1e-3)
    assert client.is_serving("")
    assert client.is_serving("mood")


def test_the_folder_is_watched(start, models, samples, client_of, until):
    process = start("--models", models, "--poll-seconds", "0.05")
    client = client_of(address(process))
    (models / "mood/1").rename(models / "mood/2")
    until(lambda: client.predict("mood", IMAGE).model_spec.version.value == 2)

    (models / "mood/3").mkdir()
    until(lambda: client.states("mood").get(3) == "END")
    assert client.predict("mood", IMAGE).model_spec.version.value == 2

    (models / "mood").rename(models.parent / "away")
    until(lambda: not client.is_serving("mood"))
    assert client.is_serving("")
    assert client.is_serving("years")
    process.terminate()
    assert "mood/3 refused: saved_model.pb cannot be read" in ended(process)[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_calls_in_work_finish(start, models, client_of, refusal, number):
    process = start("--models", models)
    client = client_of(address(process))
    client.status("years")  # connected: calls that wait for a connection go out in any order
    request = client.request("years", {"image": np.zeros((128, 16, 16, 1), np.uint8)})
    calls = [client.prediction.Predict.future(request) for _ in range(8)]
    client.status("years")  # came after the calls above, on the same connection
    process.send_signal(number)

    assert [len(call.result().outputs["years"].tensor_content) for call in calls] == [512] * 8
    code, out, err = ended(process)
    assert (code, out) == (0, "")
    assert f"stopping: {number.name}" in err
    assert refusal(client.predict, "years", IMAGE)[0] is grpc.StatusCode.UNAVAILABLE


def test_it_ends_with_its_parent(start, models):
    process = start("--models", models, "--exit-with-stdin")
    address(process)
    process.stdin.close()
    process.stdin = None

    code, _, err = ended(process)

    assert code == 0
    assert "stopping: end of stdin" in err


def test_stopping_while_a_model_loads_does_not_crash(start, models):
    process = start("--models", models, "--poll-seconds", "0.01")
    address(process)
    for number in range(3, 60):
        shutil.copytree(models / "mood/1", models / f"extra{number}/1")
    while "extra" not in (line := process.stderr.readline()):
        assert line

    process.terminate()

    code, _, err = ended(process)
    assert code == 0
    assert "terminate called" not in err


def test_only_models_that_keep_the_contract_are_served(start, models, client_of, tmp_path):
    table = 'title = ""\nkind = "classification"\nsize = 16\nmargin = 0.0\ninterval_ms = 100\n'
    table += 'smoothing = { method = "average", seconds = 1.0 }\nlabels = '
    contract = tmp_path / "models.toml"
    contract.write_text(f'[mood]\n{table}["a", "b", "c"]\n[years]\n{table}["a", "b"]\n')

    client = client_of(address(start("--models", models, "--contract", contract)))

    assert client.states("mood") == {1: "AVAILABLE"}
    assert client.states("years") == {1: "END"}
    assert "the output 'probabilities' is missing" in client.status("years")[0].status.error_message
    assert not client.is_serving("years")


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


def test_a_unix_socket_stands_in_for_a_port(start, models, client_of, tmp_path):
    path = tmp_path / "a socket"
    served_at = address(start("--models", models, "--socket", path))

    assert served_at == f"unix:{quote(str(path))}"
    assert client_of(served_at).predict("mood", IMAGE).model_spec.name == "mood"


def test_a_socket_that_a_killed_server_left_is_used_again(start, models, client_of, tmp_path):
    first = start("--models", models, "--socket", tmp_path / "s")
    address(first)
    first.kill()
    first.wait()
    assert (tmp_path / "s").is_socket()

    client = client_of(address(start("--models", models, "--socket", tmp_path / "s")))

    assert client.is_serving("mood")


def test_two_servers_never_share_a_socket(start, models, client_of, tmp_path):
    first = address(start("--models", models, "--socket", tmp_path / "s"))

    code, _, err = ended(start("--models", models, "--socket", tmp_path / "s"))

    assert (code, err) == (
        1,
        f"The model server cannot start: Cannot listen on {first}. "
        "Stop the program that uses it, or choose another address.\n",
    )
    assert client_of(first).is_serving("mood")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--socket", "x" * 108], 1, "The model server cannot start: AF_UNIX path too long\n"),
        (["--socket", "nowhere/s"], 1, "Cannot listen on unix:nowhere/s"),
        (["--socket", "s", "--port", "1"], 2, "not allowed with argument"),
    ],
)
def test_an_invalid_socket_path_is_refused(start, models, options, code, words):
    ended_with, _, err = ended(start("--models", models, *options))

    assert ended_with == code
    assert words in err


def test_a_server_without_models_starts_anyway(start, tmp_path, client_of, refusal):
    (tmp_path / "mood").mkdir()
    client = client_of(address(start("--models", tmp_path)))

    assert client.is_serving("")
    assert not client.is_serving("mood")
    assert refusal(client.predict, "mood", IMAGE)[0] is grpc.StatusCode.NOT_FOUND


def test_it_holds_no_tensorflow_and_little_memory(start, models, client_of):
    process = start("--models", models)
    client = client_of(address(process))
    client.predict("mood", {"image": np.zeros((128, 16, 16, 1), np.uint8)})
    proc = Path("/proc") / str(process.pid)

    maps = (proc / "maps").read_text()
    assert not [f for f in find_spec("tensorflow").submodule_search_locations if f in maps]
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", (proc / "status").read_text())[1])
    assert peak < 260 * 1024


def test_large_messages_leave_no_memory_behind(start, models, client_of, refusal):
    process = start("--models", models)
    client = client_of(address(process))
    client.predict("mood", IMAGE)
    held = psutil.Process(process.pid).memory_info().rss
    request = client.request("mood", {"image": np.zeros((60 * 2**20 // 256, 16, 16, 1), np.uint8)})

    calls = [client.prediction.Predict.future(request) for _ in range(12)]

    assert {call.code() for call in calls} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert psutil.Process(process.pid).memory_info().rss - held < 30 * 2**20


def test_the_messages_load_without_tensorflow():
    code = "import serving.__main__, sys; sys.exit('tensorflow' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
