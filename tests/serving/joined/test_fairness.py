"""Shares and freshness at three times the capacity of the model server."""

from __future__ import annotations

import pytest

from tests.serving.joined.cameras import INTERVAL_SECONDS, Camera, serve

SECONDS = 30
FACES_PER_SECOND = 320


@pytest.fixture
def watch(connect, calls, timers):
    """Lets cameras with these numbers of faces run and returns them."""

    def run(*faces):
        serve(calls, timers, seconds_per_face=1 / FACES_PER_SECOND)
        cameras = [Camera(connect(), timers, n, faces=each) for n, each in enumerate(faces)]
        for number, camera in enumerate(cameras):
            camera.start(number * INTERVAL_SECONDS / len(cameras))
        timers.wait(SECONDS)
        return cameras

    return run


def jain(values):
    """Jain's index: 1 if all shares are equal."""
    return sum(values) ** 2 / (len(values) * sum(value**2 for value in values))


def test_equal_sessions_get_equal_shares_and_fresh_answers(watch):
    cameras = watch(*[4] * 24)  # 960 faces a second are asked for.

    assert jain([camera.answered for camera in cameras]) > 0.999
    assert sum(camera.answered for camera in cameras) > 0.95 * FACES_PER_SECOND * SECONDS
    # All faces of all sessions, and the call that is on its way.
    assert max(age for camera in cameras for age in camera.ages) < (96 + 32) / FACES_PER_SECOND


def test_sessions_with_many_faces_take_nothing_from_those_with_one(watch):
    cameras = watch(*[1] * 16, *[16] * 5)  # 160 and 800 faces a second.

    small = [camera.answered / SECONDS for camera in cameras[:16]]
    large = [camera.answered / SECONDS for camera in cameras[16:]]
    assert min(small) > 4.5  # About every second frame, because a call takes a tenth of a second.
    assert jain(small) > 0.99
    assert jain(large) > 0.99
    assert max(age for camera in cameras[:16] for age in camera.ages) < 0.4


def test_a_session_that_asks_often_waits_for_those_that_ask_rarely(connect, calls, timers):
    often, rarely = connect(), connect()
    connect().ask(0)
    for _ in range(3):
        often.ask(*[1] * 20)
    for _ in range(3):
        rarely.ask(*[2] * 20)

    order = []
    while calls.calls:
        order.append(calls.faces[0][0])
        calls.respond()
        timers.wait(1)

    assert order == [0, 1, 2, 1, 2, 1, 2]


def test_a_session_that_comes_late_has_no_credit(connect, calls, timers):
    early, late = connect(), connect()
    connect().ask(0)
    for _ in range(6):
        early.ask(*[1] * 20)
    order = []
    while calls.calls:
        order.append(calls.faces[0][0])
        if len(order) == 4:
            for _ in range(3):
                late.ask(*[2] * 20)
        calls.respond()
        timers.wait(1)

    assert order == [0, 1, 1, 1, 1, 2, 1, 2, 1, 2]
