"""Calls per frame and waiting times by number of webcams, ten frames per second each."""

from __future__ import annotations

import numpy as np
import pytest

from serving.joined_batches import MAX_PACE_SECONDS
from tests.serving.joined.cameras import INTERVAL_SECONDS, Camera, serve
from tests.serving.joined.conftest import AGE, MOOD
from tests.support.model_specs import classification

SECONDS = 30
SLOW_INTERVAL_SECONDS = 3.0
GENDER = classification("gender")
CALL_SECONDS, FACE_SECONDS = 0.002, 0.0003


@pytest.fixture
def watch(connect, calls, timers):
    """Runs webcams with one face each; returns the calls and the cameras that ask for the mood."""

    def run(clients):
        sent = serve(calls, timers, seconds_per_call=CALL_SECONDS, seconds_per_face=FACE_SECONDS)
        cameras = []
        for number in range(clients):
            client = connect()
            cameras.append(Camera(client, timers, number))
            slow = [
                Camera(client, timers, number, model=model, interval=SLOW_INTERVAL_SECONDS)
                for model in (AGE, GENDER)
            ]
            for camera in (cameras[-1], *slow):
                camera.start(number * INTERVAL_SECONDS / clients)
        timers.wait(SECONDS)
        return sent, cameras

    return run


def ages(cameras):
    return [age for camera in cameras for age in camera.ages]


def test_one_client_waits_for_its_own_call_only(watch):
    _, cameras = watch(1)

    assert max(ages(cameras)) == pytest.approx(CALL_SECONDS + FACE_SECONDS)


def test_two_clients_hardly_wait(watch):
    _, cameras = watch(2)

    assert np.percentile(ages(cameras), 95) < 0.006


def test_ten_clients_share_calls_and_skip_no_prediction(watch):
    sent, cameras = watch(10)

    frames = 10 * SECONDS / INTERVAL_SECONDS
    assert len(sent) < 0.3 * frames
    assert np.percentile(ages(cameras), 95) < 0.05
    assert sum(camera.skipped for camera in cameras) == 0


def test_forty_clients_need_less_than_an_eighth_of_a_call_per_frame(watch):
    sent, cameras = watch(40)

    frames = 40 * SECONDS / INTERVAL_SECONDS
    assert len(sent) < frames / 8
    assert np.percentile(ages(cameras), 95) < MAX_PACE_SECONDS + 0.02
    assert sum(camera.skipped for camera in cameras) < 0.01 * frames
    assert {request.model.name for request in sent} == {MOOD.name, AGE.name, GENDER.name}
