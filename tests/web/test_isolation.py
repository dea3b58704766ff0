"""Fifty clients at once: each gets all of its own and nothing of another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.app_process import AppProcess
from benchmarks.moving_face import jpeg
from tests.web.recorder import Recorder, connected

CLIENTS = 50
FRAMES = 4
SEQ_RANGE = 1000


def test_fifty_clients_never_see_each_others_answers(any_app: AppProcess) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(any_app.url)) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(_talk, clients, range(CLIENTS)))
    for number, client in enumerate(clients):
        own = range(number * SEQ_RANGE, number * SEQ_RANGE + FRAMES)
        assert sorted(ack["seq"] for ack in client.acks) == list(own)
        assert {(ack["width"], ack["height"]) for ack in client.acks} == {_size(number)}
        predictions = client.find("prediction")
        assert {prediction["seq"] for prediction in predictions} <= set(own)
        assert {prediction["captured_at"] for prediction in predictions} == {number}
        assert {prediction["model"] for prediction in predictions} == {"emotion", "age", "gender"}
    assert len({client.wait_for("session")["session_id"] for client in clients}) == CLIENTS


def _talk(client: Recorder, number: int) -> None:
    width, height = _size(number)
    for index in range(FRAMES):
        seq = number * SEQ_RANGE + index
        client.send(
            "frame", {"seq": seq, "captured_at": number}, jpeg(index / FRAMES, width, height)
        )
        client.wait(lambda: len(client.acks) == index + 1)  # noqa: B023
    for model in ("emotion", "age", "gender"):
        client.wait_for("prediction", model=model)


def _size(number: int) -> tuple[int, int]:
    return 320 + 4 * number, 240 + 2 * number
