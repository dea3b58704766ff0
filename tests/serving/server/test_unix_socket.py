"""A Unix socket as the address of the model server."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import pytest

from tests.serving.server.server_process import address, ended

IMAGE = {"image": np.zeros((1, 16, 16, 1), np.uint8)}


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
