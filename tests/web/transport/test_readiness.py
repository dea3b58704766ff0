from __future__ import annotations

import socket
import warnings
from collections.abc import Iterator

import pytest

with warnings.catch_warnings(action="ignore"):  # Eventlet warns of its own deprecation.
    import eventlet
    from eventlet import hubs

    from web.transport.readiness import Readiness

TIMEOUT_SECONDS = 20
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    inbox, outbox = socket.socketpair()
    with inbox, outbox:
        yield inbox, outbox


@pytest.fixture
def readiness(pair: Pair) -> Iterator[Readiness]:
    readiness = Readiness(pair[0].fileno())
    yield readiness
    readiness.stop()


def readers() -> int:
    return len(hubs.get_hub().get_readers())


def test_a_wait_ends_when_the_socket_can_be_read(readiness: Readiness, pair: Pair) -> None:
    for word in (b"one", b"two"):
        eventlet.spawn_after(0.01, pair[1].send, word)
        readiness.wait(TIMEOUT_SECONDS)
        assert pair[0].recv(10) == word


def test_others_have_their_turn_although_the_socket_can_be_read(
    readiness: Readiness, pair: Pair
) -> None:
    turns: list[int] = []
    pair[1].send(b"flood")
    eventlet.spawn(turns.append, 1)
    readiness.wait(TIMEOUT_SECONDS)
    assert turns == [1]


def test_the_socket_stays_registered_between_two_waits(readiness: Readiness, pair: Pair) -> None:
    before = readers()
    eventlet.spawn_after(0, pair[1].send, b"one")
    readiness.wait(TIMEOUT_SECONDS)
    assert readers() == before + 1


def test_a_socket_that_nobody_waits_for_is_not_polled(readiness: Readiness, pair: Pair) -> None:
    before = readers()
    pair[1].send(b"one")
    readiness.wait(TIMEOUT_SECONDS)
    eventlet.sleep(0.01)  # The bytes are still there.
    assert readers() == before
    readiness.wait(TIMEOUT_SECONDS)


def test_a_silent_socket_times_out(readiness: Readiness) -> None:
    with pytest.raises(TimeoutError):
        readiness.wait(0.01)


def test_each_wait_has_the_whole_timeout(readiness: Readiness, pair: Pair) -> None:
    for _ in range(3):
        eventlet.spawn_after(0.2, pair[1].send, b"x")
        readiness.wait(0.5)
        pair[0].recv(1)


def test_a_wait_ends_when_another_green_thread_closes_the_socket(readiness: Readiness) -> None:
    eventlet.spawn_after(0.01, readiness.stop)
    with pytest.raises(EOFError):
        readiness.wait(TIMEOUT_SECONDS)
