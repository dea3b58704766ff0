"""Which requests share a call, when it is sent, and what each session gets of it."""

from __future__ import annotations

import pytest

from face_utils.backend import FakeBackend
from serving.joined_batches import (
    HANDED_OUT_AT_ONCE,
    MAX_PACE_SECONDS,
    MAX_ROWS,
    PACE_SECONDS,
    JoinedBatches,
)
from tests.serving.joined.conftest import AGE, Client


def test_a_service_with_one_session_sends_each_request_at_once(connect, calls):
    client = connect()
    for grey in (1, 2, 3):
        client.ask(grey)
        assert calls.faces == [[grey]]
        calls.respond()
    assert client.seen == [[1], [2], [3]]


def test_what_waits_for_a_call_goes_as_one_when_it_returns(connect, calls, timers):
    first, second, third = connect().ask(1), connect().ask(2, 3), connect().ask(4)
    assert calls.faces == [[1]]
    timers.wait(1)
    assert calls.faces == [[1]]

    calls.respond()
    assert calls.faces == [[4, 2, 3]]
    calls.respond()

    assert (first.seen, second.seen, third.seen) == ([[1]], [[2, 3]], [[4]])


def test_the_next_call_is_sent_before_the_outcomes_of_the_last_are_used(connect, calls, timers):
    sent_when_used = []
    connect().ask(1, done=lambda _: sent_when_used.append(calls.faces))
    connect().ask(2)
    timers.wait(1)

    calls.respond()

    assert sent_when_used == [[[2]]]


def test_models_do_not_wait_for_each_other(connect, calls):
    connect().ask(1).ask(2, model=AGE)

    assert calls.faces == [[1], [2]]


def test_calls_of_several_sessions_keep_a_distance_that_grows_with_their_number(
    connect, calls, timers
):
    clients = [connect() for _ in range(5)]
    pace = 4 * PACE_SECONDS
    clients[0].ask(1)
    calls.respond()
    clients[1].ask(2)
    timers.wait(0.5 * pace)
    clients[2].ask(3)
    timers.wait(0.49 * pace)
    assert calls.faces == []

    timers.wait(0.02 * pace)

    assert calls.faces == [[2, 3]]


def test_the_distance_has_a_limit(connect, calls, timers):
    clients = [connect() for _ in range(500)]
    clients[0].ask(1)
    calls.respond()
    clients[1].ask(2)

    timers.wait(MAX_PACE_SECONDS * 1.001)

    assert calls.faces == [[2]]


def test_the_distance_shrinks_when_sessions_end(connect, calls):
    clients = [connect() for _ in range(9)]
    for client in clients[1:]:
        client.backend.close()

    for grey in (1, 2):
        clients[0].ask(grey)
        assert calls.faces == [[grey]]
        calls.respond()


def test_a_call_has_a_limited_number_of_faces(connect, calls, timers):
    connect().ask(0)
    for _ in range(MAX_ROWS + 1):
        connect().ask(1)
    calls.respond()
    timers.wait(1)

    assert [len(faces) for faces in calls.faces] == [MAX_ROWS]
    calls.respond()
    timers.wait(1)
    assert [len(faces) for faces in calls.faces] == [1]


def test_a_session_with_more_faces_than_that_is_served_too(connect, calls):
    client = connect().ask(*range(100))

    calls.respond()

    assert client.seen == [list(range(100))]


def test_class_activation_maps_go_only_to_those_who_ask(connect, calls, timers):
    connect().ask(0)
    plain, explained = connect().ask(1), connect().ask(2, activation=True)
    calls.respond()
    timers.wait(1)

    [(request, _)] = calls.calls
    calls.respond()

    assert request.activation
    assert set(plain.outcomes[0].outputs) == {"probabilities"}
    assert set(explained.outcomes[0].outputs) == {"probabilities", "activation"}
    assert (explained.outcomes[0].outputs["activation"] == 2).all()


def test_nobody_holds_the_memory_of_another_s_outputs(connect, calls, timers):
    connect().ask(0)
    first, second = connect().ask(1), connect().ask(2)
    calls.respond()
    timers.wait(1)
    calls.respond()

    arrays = [client.outcomes[0].outputs["probabilities"] for client in (first, second)]

    assert all(array.base is None for array in arrays)


def test_a_call_carries_the_metadata_of_all_its_requests(connect, calls, timers):
    connect().ask(0)
    for name in "ab":
        connect().ask(1, metadata=[("x-request-id", name)])
    calls.respond()
    timers.wait(1)

    [(request, _)] = calls.calls

    assert list(request.metadata) == [("x-request-id", "a"), ("x-request-id", "b")]


def test_waiting_faces_are_counted_by_model(connect, joined):
    for _ in range(3):
        connect().ask(1, 2)

    assert [joined.waiting(name) for name in ("mood", "age")] == [4, 0]


def test_a_backend_that_responds_at_once_may_be_shared_too(timers):
    backend = FakeBackend({"mood": {"probabilities": [0.2, 0.8]}})
    joined = JoinedBatches(backend, timers.later, timers.clock)
    clients = [Client(joined) for _ in range(3)]
    for client in clients:
        client.ask(1)
    timers.wait(1)

    assert [client.seen for client in clients] == [[[pytest.approx(0.2)]]] * 3
    assert not joined.join().is_available("age")


def test_others_have_a_turn_between_the_outcomes_of_a_large_call(calls, timers):
    story = []
    joined = JoinedBatches(calls, timers.later, timers.clock, pause=lambda: story.append("pause"))
    Client(joined).ask(0)
    for grey in range(2 * HANDED_OUT_AT_ONCE):
        Client(joined).ask(grey, done=lambda _: story.append("outcome"))
    calls.respond()
    timers.wait(1)
    calls.respond()

    assert story == [*["outcome"] * HANDED_OUT_AT_ONCE, "pause"] * 2
