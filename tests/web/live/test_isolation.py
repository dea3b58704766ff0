"""Fifty concurrent clients each receive only their own events."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from threading import Barrier

import pytest

from serving.contract import load_contract
from tests.support.app_process import AppProcess
from tests.support.moving_face import jpeg
from tests.web.recorder import TIMEOUT_SECONDS, Recorder, connected
from tests.web.shade_app import STEP, ShadeApp, shade_app, shaded_face

CLIENTS = 50
PAIRS = 3
SEQ_RANGE = 1000
MODELS = set(load_contract())


def test_fifty_clients_never_see_each_others_responses(any_app: AppProcess) -> None:
    together = Barrier(CLIENTS, timeout=TIMEOUT_SECONDS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = list(pool.map(partial(_visit, any_app.url, together), range(CLIENTS)))
    for number, client in enumerate(clients):
        _assert_all_is_its_own(client, number)
    assert len({client.wait_for("session")["session_id"] for client in clients}) == CLIENTS


@pytest.fixture(params=["eventlet", "threading"])
def shades(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ShadeApp]:
    with shade_app(tmp_path_factory.mktemp("contract"), request.param) as app:
        yield app


def test_faces_of_fifty_clients_in_one_call_are_answered_to_their_own_clients(
    shades: ShadeApp,
) -> None:
    leaving = {0, 7, 31}
    staying = [number for number in range(CLIENTS) if number not in leaving]
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(shades.app.url)) for _ in range(CLIENTS)]
        shades.server.go_on.clear()
        for number, client in enumerate(clients):  # The first one's call is held, the others wait.
            about, crop = shaded_face(number)
            assert client.call("faces", {"seq": number, **about}, crop)["status"] == "analysed"
        for number in leaving:
            clients[number].socket.disconnect()
        shades.wait_for("mien_sessions", len(staying))
        assert shades.value("mien_model_waiting_faces", model="shade") == len(staying)
        shades.server.go_on.set()
        for number in staying:
            clients[number].wait_for("prediction", seq=number)
    [[black], *joined] = shades.server.calls
    answers = {n: _numbers_seen(client, black) for n, client in enumerate(clients)}
    assert answers == {n: [] if n in leaving else [n] for n in range(CLIENTS)}
    # Those who left while they waited took their faces along, and the others shared two calls.
    assert len(joined) == 2
    assert sorted(_number(shade, black) for call in joined for shade in call) == staying


def _numbers_seen(client: Recorder, black: float) -> list[int]:
    predictions = client.find("prediction")
    return [_number(face["years"], black) for each in predictions for face in each["faces"]]


def _number(shade: float, black: float) -> int:
    return round((shade - black) / STEP)


def _visit(url: str, together: Barrier, number: int) -> Recorder:
    with connected(url) as client:
        together.wait()  # All are connected before the first sends, and until the last is done.
        _talk(client, number)
        together.wait()
    return client


def _talk(client: Recorder, number: int) -> None:
    """Sends pairs of frames: while the first is in work, the second waits."""
    image = jpeg(number / CLIENTS, *_size(number))
    for pair in range(PAIRS):
        for seq in _seqs(number)[2 * pair : 2 * pair + 2]:
            client.send("frame", {"seq": seq, "captured_at": number}, image)
        client.wait(lambda: len(client.acks) == 2 * pair + 2)  # noqa: B023
    for model in MODELS:
        client.wait_for("prediction", model=model)


def _assert_all_is_its_own(client: Recorder, number: int) -> None:
    # The client itself reports that it has disconnected; all else came from the server.
    assert {event for event, _ in client.events} - {"disconnect"} == {"session", "prediction"}
    assert len(client.find("session")) == 1
    assert sorted(ack["seq"] for ack in client.acks) == list(_seqs(number))
    # On a busy machine the frames of a pair may arrive apart, and the newer one replaces the older.
    analysed = [ack for ack in client.acks if ack["status"] != "dropped"]
    assert {(ack["width"], ack["height"]) for ack in analysed} == {_size(number)}
    tracks = {face["id"] for ack in analysed for face in ack["faces"]}
    predictions = client.find("prediction")
    assert {prediction["model"] for prediction in predictions} == MODELS
    for prediction in predictions:
        assert prediction["seq"] in _seqs(number)
        assert prediction["captured_at"] == number
        assert {face["id"] for face in prediction["faces"]} <= tracks


def _seqs(number: int) -> range:
    return range(number * SEQ_RANGE, number * SEQ_RANGE + 2 * PAIRS)


def _size(number: int) -> tuple[int, int]:
    return 320 + 4 * number, 240 + 2 * number
