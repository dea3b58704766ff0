"""Fifty concurrent clients each receive only their own events."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from serving.contract import load_contract
from tests.support.app_process import AppProcess
from tests.support.moving_face import jpeg
from tests.web.recorder import TIMEOUT_SECONDS, Recorder, connected

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
