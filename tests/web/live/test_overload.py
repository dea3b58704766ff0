"""Overload: equal shares, fresh frames, and one ack per frame."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.support.app_process import AppProcess, Mode, running_app
from tests.web.recorder import Recorder, connected

CLIENTS = 12
FRAMES = 40


@pytest.fixture(scope="module", params=["eventlet", "gunicorn"])
def busy_app(request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    mode: Mode = request.param
    with running_app(mode, MIEN_WORKERS="1", MIEN_MAX_FRAMES_PER_SECOND="240") as process:
        yield process


def send_all(client: Recorder, frame: bytes) -> None:
    for seq in range(FRAMES):
        client.send("frame", {"seq": seq}, frame)
    client.wait(lambda: len(client.acks) == FRAMES)


def test_every_frame_of_a_crowd_gets_one_reply_and_the_newest_wins(
    busy_app: AppProcess, frame: bytes
) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [stack.enter_context(connected(busy_app.url)) for _ in range(CLIENTS)]
        for sending in [pool.submit(send_all, client, frame) for client in clients]:
            sending.result()
    for client in clients:
        statuses = {ack["seq"]: ack["status"] for ack in client.acks}
        assert sorted(statuses) == list(range(FRAMES))
        assert statuses[FRAMES - 1] == "analysed"
        assert set(statuses.values()) == {"analysed", "dropped"}


def test_frames_of_a_client_that_hung_up_hold_up_nobody(busy_app: AppProcess, frame: bytes) -> None:
    for _ in range(10):
        with connected(busy_app.url) as client:
            for seq in range(FRAMES):
                client.send("frame", {"seq": seq}, frame)
    with connected(busy_app.url) as neighbour:
        assert neighbour.call("frame", {"seq": 0}, frame)["status"] == "analysed"
