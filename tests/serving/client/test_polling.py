"""Status polls: a prediction replaces the next poll of its model."""

from __future__ import annotations

import time

import pytest

from serving.client import ModelClient
from tests.serving.client.fake_server import TIMEOUT_SECONDS, State
from tests.serving.client.recording_client import AGE, MOOD


@pytest.fixture
def poll(monkeypatch, connect, server):
    """Polls once and returns the names of the models whose status was asked for."""
    monkeypatch.setattr(ModelClient, "_poll", lambda client: None)
    client = connect(server, models=(MOOD, AGE)).watch()

    def poll_once():
        server.asked_for_status.clear()
        client.client._poll_once()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while client.client._polled:
            assert time.monotonic() < deadline
            time.sleep(0.001)  # There is no event for the end of a poll.
        return set(server.asked_for_status)

    poll_once()
    client.until_all_available()
    poll_once.client = client
    return poll_once


def test_a_model_that_gave_a_prediction_is_not_polled_once(poll):
    poll.client.ask(model=AGE)

    assert poll() == {"mood"}
    assert poll() == {"mood", "age"}


def test_a_new_version_is_polled_although_it_gives_predictions(poll, server):
    server.versions["age"][2] = State.AVAILABLE
    assert poll.client.ask(model=AGE).version == 2

    assert poll() == {"mood", "age"}
    assert poll.client.client.states["age"].version == 2


def test_a_model_whose_call_failed_is_polled(poll, server):
    poll.client.ask(model=AGE)
    del server.versions["age"]
    server.error = None
    poll.client.ask(model=MOOD)
    poll()
    server.outputs["probabilities"] = server.outputs["probabilities"][:1]
    poll.client.ask(model=MOOD)

    assert poll() == {"mood", "age"}
