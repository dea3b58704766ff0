"""Shares and freshness at three times the capacity of the model server."""

from __future__ import annotations

from random import Random

import pytest

from tests.serving.joined.conftest import answer

INTERVAL_SECONDS = 0.1
SECONDS = 30
FACES_PER_SECOND = 320


class SlowServer:
    """Makes the held calls return after a time that grows with their faces."""

    def __init__(self, calls, timers):
        self._timers = timers
        calls.predict = self._predict

    def _predict(self, request, done):
        seconds = len(request.crops) / FACES_PER_SECOND
        self._timers.later(seconds, lambda: done(answer(request)))


class Camera:
    """A session that asks about its faces ten times a second, unless a request is on its way.

    Like a real one it is not quite regular, so that it does not keep step with the calls.
    """

    def __init__(self, client, timers, faces, number):
        self.client, self.faces = client, faces
        self.answered, self.ages = 0, []
        self._timers = timers
        self._asked_at = None
        self._random = Random(number)

    def start(self, after):
        self._timers.later(after, self._tick)

    def _tick(self):
        self.start(INTERVAL_SECONDS * self._random.uniform(0.8, 1.2))
        if self._asked_at is None:
            self._asked_at = self._timers.now
            self.client.ask(*[1] * self.faces, done=self._done)

    def _done(self, _):
        self.ages.append(self._timers.now - self._asked_at)
        self.answered += self.faces
        self._asked_at = None


@pytest.fixture
def watch(connect, calls, timers):
    """Lets cameras with these numbers of faces run and returns them."""

    def run(*faces):
        SlowServer(calls, timers)
        cameras = [Camera(connect(), timers, each, number) for number, each in enumerate(faces)]
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
    assert max(age for camera in cameras[:16] for age in camera.ages) < 0.31


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
