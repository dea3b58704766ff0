"""Class activation maps, from the model server's gRPC to the client's socket."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving.client.fake_server import Server
from tests.support.app_process import AppProcess
from tests.web.protocol.test_protocol import cut_out
from tests.web.recorder import Recorder, connected
from tests.web.sample_model_app import explaining_app

GRID = [[1.0, 0.0, -0.5]] * 2


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def app_and_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[AppProcess, Server]]:
    folder: Path = tmp_path_factory.mktemp("contract")
    with explaining_app(folder, request.param) as both:
        yield both


@pytest.fixture
def server(app_and_server: tuple[AppProcess, Server]) -> Server:
    app_and_server[1].requests.clear()
    return app_and_server[1]


@pytest.fixture
def client(app_and_server: tuple[AppProcess, Server]) -> Iterator[Recorder]:
    with connected(app_and_server[0].url) as client:
        yield client


def test_a_client_that_does_not_ask_is_not_told(
    client: Recorder, server: Server, frame: bytes
) -> None:
    session = client.wait_for("session")
    client.call("frame", {"seq": 0}, frame)
    (face,) = client.wait_for("prediction", seq=0)["faces"]
    assert session["settings"]["activation"] is False
    assert [model["activation"] for model in session["models"]] == [True]
    assert "activation" not in face
    assert [list(request.output_filter) for request in server.requests] == [["probabilities"]]


def test_a_client_that_asks_is_told_where_the_evidence_lies(
    client: Recorder, server: Server, frame: bytes
) -> None:
    ack = client.call("configure", {"activation": True})
    (seen,) = client.call("frame", {"seq": 0}, frame)["faces"]
    (face,) = client.wait_for("prediction", seq=0)["faces"]
    assert (ack["status"], ack["activation"]) == ("ok", True)
    assert (face["label"], face["activation"]["grid"]) == ("angry", GRID)
    assert face["activation"]["square"] == pytest.approx(square_of(seen), abs=0.5)
    assert [list(r.output_filter) for r in server.requests] == [["probabilities", "activation"]]


def test_faces_that_the_client_cut_out_are_explained_in_the_frame_too(
    client: Recorder, server: Server, frame: bytes
) -> None:
    (seen,) = client.call("frame", {"seq": 0}, frame)["faces"]
    client.wait_for("prediction", seq=0)
    client.call("configure", {"activation": True})
    entry, crop = cut_out(seen)
    client.call("faces", {"seq": 1, "width": 640, "height": 480, "faces": [entry]}, crop)
    (face,) = client.wait_for("prediction", seq=1)["faces"]
    assert face["activation"]["grid"] == GRID
    assert face["activation"]["square"] == pytest.approx(square_of(seen), abs=0.5)


def test_one_client_s_wish_is_not_another_s(
    client: Recorder, app_and_server: tuple[AppProcess, Server], frame: bytes
) -> None:
    client.call("configure", {"activation": True})
    with connected(app_and_server[0].url) as other:
        other.call("frame", {"seq": 0}, frame)
        (face,) = other.wait_for("prediction", seq=0)["faces"]
    assert "activation" not in face


def square_of(face: dict[str, list[Any]]) -> list[float]:
    """Centre, side and roll of a crop that is 5 % wider on each side than the face's box."""
    x, y, w, h = face["box"]
    (right_x, right_y), (left_x, left_y), *_ = face["landmarks"]
    roll = math.degrees(math.atan2(left_y - right_y, left_x - right_x))
    return [x + w / 2, y + h / 2, 1.1 * max(w, h), roll]
