"""Failed calls, refused content, and sessions that end while their faces are on the way."""

from __future__ import annotations

import pytest

from face_utils.errors import ModelUnavailable
from serving.client import CallFailed
from serving.joined_batches import JoinedBatches
from tests.serving.joined.conftest import AGE, Client

REFUSAL = CallFailed("The model server responded with INVALID_ARGUMENT.", "invalid_argument")


@pytest.fixture
def three(connect, calls, timers):
    """Three sessions whose faces 1, 2 and 3 share a call."""
    connect().ask(0)
    clients = [connect().ask(grey) for grey in (1, 2, 3)]
    calls.respond()
    timers.wait(1)
    assert calls.faces == [[1, 2, 3]]
    return clients


def seen(clients):
    return [client.seen for client in clients]


def test_an_error_fails_each_request_of_the_call(three, calls):
    calls.fail()

    assert seen(three) == [["ModelUnavailable"]] * 3


def test_after_an_error_the_next_call_is_sent(three, calls, timers):
    three[0].ask(4)
    calls.fail()
    timers.wait(1)

    assert calls.faces == [[4]]


def test_what_waits_for_a_model_that_is_gone_fails_with_it(three, calls):
    three[0].ask(4)
    calls.is_down = True
    calls.fail()

    assert seen(three) == [["ModelUnavailable"] * 2, *[["ModelUnavailable"]] * 2]
    assert calls.faces == []


def test_faces_of_one_session_that_the_server_refuses_fail_no_other(three, calls, timers):
    calls.fail(REFUSAL)
    for grey in (1, 2, 3):
        assert calls.faces == [[grey]]
        if grey == 2:
            calls.fail(REFUSAL)
        else:
            calls.respond()

    assert seen(three) == [[[1]], ["CallFailed"], [[3]]]
    assert calls.faces == []


def test_faces_of_a_session_that_has_ended_are_not_sent_again(three, calls):
    three[0].backend.close()
    calls.fail(REFUSAL)
    sent = []
    while calls.calls:
        sent += calls.faces
        calls.respond()

    assert sent == [[2], [3]]
    assert seen(three) == [["SessionExpired"], [[2]], [[3]]]


def test_a_session_whose_faces_were_refused_is_sent_alone_from_then_on(three, calls, timers):
    calls.fail(REFUSAL)
    calls.respond()
    calls.fail(REFUSAL)
    calls.respond()
    timers.wait(1)

    three[0].ask(4)
    for grey, client in zip((5, 6, 7), (three[1], *three[::2]), strict=True):
        client.ask(grey)
    together = []
    for _ in range(3):
        together.append(calls.faces[0])
        calls.respond()
        timers.wait(1)

    assert together == [[4], [5], [6, 7]]


def test_a_call_that_cannot_be_started_fails_its_requests(timers):
    class Broken:
        def is_available(self, model):
            return True

        def predict(self, request, done):
            raise ValueError("Cannot invoke RPC.")

    joined = JoinedBatches(Broken(), timers.later, timers.clock)
    client = Client(joined).ask(1)
    client.ask(2)

    assert client.seen == ["ModelUnavailable"] * 2


def test_a_session_that_fails_to_use_its_outcome_disturbs_no_other(connect, calls, timers):
    connect().ask(0)
    connect().ask(1, done=_raise)
    other = connect().ask(2)
    calls.respond()
    timers.wait(1)
    calls.respond()

    assert other.seen == [[2]]


def test_a_session_that_ends_takes_its_waiting_faces_with_it(connect, calls, timers, joined):
    connect().ask(0)
    leaving, staying = connect().ask(1).ask(2, model=AGE), connect().ask(3)

    leaving.backend.close()

    assert leaving.seen == ["SessionExpired"]
    assert joined.waiting("mood") == 1
    calls.respond()
    timers.wait(1)
    assert calls.faces == [[2], [3]]
    calls.respond()
    calls.respond()
    assert leaving.seen == ["SessionExpired"] * 2
    assert staying.seen == [[3]]


def test_a_session_that_ends_during_its_call_gets_nothing_of_it(three, calls):
    three[1].backend.close()

    calls.respond()

    assert seen(three) == [[[1]], ["SessionExpired"], [[3]]]


def test_a_session_that_has_ended_asks_nothing(connect, calls):
    client = connect()
    client.backend.close()
    client.backend.close()

    client.ask(1)

    assert client.seen == ["SessionExpired"]
    assert calls.faces == []


def _raise(outcome):
    raise ModelUnavailable("The test raises this.")
