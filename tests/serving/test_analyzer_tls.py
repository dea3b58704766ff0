"""A library analyzer that asks a model server over TLS."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from face_utils import Analyzer, ModelUnavailable
from tests.serving.authority import Authority

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 30
READY = "model server ready on "


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "ours")


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[str]:
    """The address of a model server that demands a client certificate."""
    certificate, key = authority.issue("server")
    command = [sys.executable, "-m", "serving", "--port", "0"]
    command += ["--tls-certificate", str(certificate), "--tls-key", str(key)]
    command += ["--tls-client-ca", str(authority.ca)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith(READY)
            yield line.removeprefix(READY).strip()
        finally:
            process.terminate()
            process.communicate(timeout=TIMEOUT_SECONDS)


def test_faces_are_predicted_over_mutual_tls(
    server: str, authority: Authority, face_image: np.ndarray
) -> None:
    certificate, key = authority.issue("client")
    with Analyzer.open(server, ca=authority.ca, certificate=certificate, key=str(key)) as analyzer:
        [face] = analyzer.analyze(face_image).faces
    assert face.predictions.keys() == {"emotion", "age", "gender"}


def test_without_its_certificate_a_client_is_refused(server: str, authority: Authority) -> None:
    with pytest.raises(ModelUnavailable):
        Analyzer.open(server, ca=authority.ca, connect_seconds=0.5)


def test_a_missing_file_is_named(server: str) -> None:
    with pytest.raises(OSError, match=r"gone\.pem"):
        Analyzer.open(server, ca="gone.pem")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ca": "ca.pem"}, "ca needs model_server"),
        ({"label": "stable"}, "label needs model_server"),
        ({"model_server": "host:1", "ca": "ca.pem", "key": "key.pem"}, "key needs certificate"),
        (
            {"model_server": "host:1", "certificate": "c.pem", "key": "k.pem"},
            "certificate needs ca",
        ),
    ],
)
def test_an_argument_that_lacks_another_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Analyzer.open(**arguments)
