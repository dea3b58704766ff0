"""Start, work and end of the model server's process."""

from __future__ import annotations

import shutil
import signal

import grpc
import numpy as np
import pytest

from tests.serving.server.server_process import address, ended

IMAGE = {"image": np.zeros((1, 16, 16, 1), np.uint8)}


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


def test_a_server_without_models_starts_anyway(start, tmp_path, client_of, refusal):
    (tmp_path / "mood").mkdir()
    client = client_of(address(start("--models", tmp_path)))

    assert client.is_serving("")
    assert not client.is_serving("mood")
    assert refusal(client.predict, "mood", IMAGE)[0] is grpc.StatusCode.NOT_FOUND
