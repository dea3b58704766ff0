"""Old connections are closed to make room for new ones, and slow ones are closed."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_network

import pytest

from tests.conftest import FakeClock
from web.transport.admission import (
    HANDSHAKES_LEAST,
    REQUESTS_PER_SID,
    Admission,
    Connection,
    ConnectionLimits,
)
from web.transport.stages import Stage

Admit = Callable[..., Connection]


@pytest.fixture
def admission(clock: FakeClock) -> Admission:
    """Room for five, three of one address, and for one probe."""
    proxies = (ip_network("10.0.0.0/8"),)
    return Admission(ConnectionLimits(5, 3, proxies, 1), clock)


@pytest.fixture
def admit(admission: Admission, clock: FakeClock) -> Iterator[Admit]:
    """Admits a connection that is in a stage, one second after the last."""
    with ExitStack() as stack:

        def admit(stage: Stage, address: str = "192.0.2.1", seconds: float = 1e9) -> Connection:
            ours, theirs = socket.socketpair()
            stack.enter_context(ours)
            stack.enter_context(theirs)
            connection = admission.admit(ours, (address, 1))
            connection.enter(stage, seconds)
            clock.advance(1)
            return connection

        yield admit


def is_closed(connection: Connection) -> bool:
    connection.sock.setblocking(False)
    try:
        return connection.sock.recv(1) == b""
    except BlockingIOError:
        return False


def test_a_connection_kept_for_a_session_makes_room_last(admit: Admit) -> None:
    kept, busy = admit(Stage.IDLE), admit(Stage.ANSWER)
    kept.keep_since(1)
    kept.enter(Stage.BODY)
    admit(Stage.SESSION), admit(Stage.SESSION)
    assert [is_closed(busy), is_closed(kept)] == [True, False]
    admit(Stage.SESSION)
    assert is_closed(kept)


def test_a_connection_that_is_kept_no_longer_makes_room(admit: Admit) -> None:
    idle, busy = admit(Stage.IDLE), admit(Stage.ANSWER)
    idle.keep_since(1)
    idle.keep_since(None)
    admit(Stage.SESSION), admit(Stage.SESSION)
    assert [is_closed(idle), is_closed(busy)] == [True, False]


def test_the_least_valuable_stage_makes_room_for_a_newcomer(admit: Admit) -> None:
    idle, head, body = admit(Stage.IDLE), admit(Stage.HEAD), admit(Stage.BODY)
    admit(Stage.HEAD)
    assert [is_closed(each) for each in (idle, head, body)] == [False, True, False]


def test_within_a_stage_the_oldest_makes_room(admit: Admit) -> None:
    old, *others = [admit(Stage.BODY) for _ in range(4)]
    assert is_closed(old)
    assert not any(is_closed(each) for each in others)


def test_a_stage_begins_when_it_is_entered(admit: Admit) -> None:
    first, second = admit(Stage.IDLE), admit(Stage.IDLE)
    first.enter(Stage.IDLE)
    admit(Stage.IDLE), admit(Stage.IDLE)
    assert is_closed(second)
    assert not is_closed(first)


def test_one_that_just_began_stays_while_others_have_dawdled(
    admit: Admit, clock: FakeClock
) -> None:
    slow, busy = admit(Stage.BODY), admit(Stage.BODY)
    newcomer = admit(Stage.HEAD)
    clock.advance(-0.9)
    admit(Stage.HEAD)
    assert is_closed(slow)
    assert not is_closed(busy)
    assert not is_closed(newcomer)


def test_sessions_make_no_room(admit: Admit) -> None:
    sessions = [admit(Stage.SESSION) for _ in range(3)]
    newcomer = admit(Stage.HEAD)
    assert newcomer.is_probe
    assert not any(is_closed(each) for each in sessions)


def test_probes_have_places_of_their_own_and_the_newest_keeps_it(admit: Admit) -> None:
    for _ in range(3):
        admit(Stage.SESSION)
    first, second = admit(Stage.HEAD), admit(Stage.HEAD)
    assert is_closed(first)
    assert second.is_probe
    assert not is_closed(second)


def test_another_address_gets_in_when_all_are_too_many(admit: Admit) -> None:
    old = admit(Stage.HEAD, "192.0.2.1")
    for number in range(2, 7):
        admit(Stage.HEAD, f"192.0.2.{number}")
    assert is_closed(old)


@pytest.mark.parametrize(
    "addresses",
    [
        ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"],
        ["2001:db8::1", "2001:db8::2", "2001:db8::3:4", "2001:db8::ffff:5"],
    ],
    ids=["the same in both versions", "a network of version 6"],
)
def test_what_belongs_to_one_client_counts_as_one(admit: Admit, addresses: list[str]) -> None:
    first, *_ = [admit(Stage.HEAD, address) for address in addresses]
    assert is_closed(first)


def test_connections_of_a_trusted_proxy_count_only_for_the_total(admit: Admit) -> None:
    first, *others = [admit(Stage.HEAD, "10.1.2.3") for _ in range(5)]
    assert not is_closed(first)
    admit(Stage.HEAD, "10.1.2.3")
    assert is_closed(first)
    assert not any(is_closed(each) for each in others)


def test_handshakes_take_a_part_of_the_places(admission: Admission, admit: Admit) -> None:
    admission.limits = ConnectionLimits(40, 40)
    heads = [admit(Stage.HEAD) for _ in range(2)]
    first, *others = [admit(Stage.HANDSHAKE) for _ in range(11)]
    assert len(others) == 40 // 4 > HANDSHAKES_LEAST
    assert [is_closed(each) for each in (first, *others, *heads)] == [True, *12 * [False]]


def test_a_place_that_is_left_is_free(admission: Admission, admit: Admit) -> None:
    first, second, third = [admit(Stage.HEAD) for _ in range(3)]
    first.leave()
    first.leave()
    admit(Stage.HEAD)
    assert not is_closed(second)
    assert not is_closed(third)
    assert len(admission) == 3


def test_a_stage_that_takes_too_long_ends_the_connection(
    admission: Admission, admit: Admit, clock: FakeClock
) -> None:
    slow, quick = admit(Stage.HEAD, seconds=10), admit(Stage.HEAD, seconds=10)
    quick.enter(Stage.ANSWER)
    clock.advance(10)
    admission.sweep()
    assert is_closed(slow)
    assert not is_closed(quick)
    assert len(admission) == 1


def test_a_closed_connection_that_goes_on_gets_no_place_back(
    admission: Admission, admit: Admit
) -> None:
    gone, *_ = [admit(Stage.HEAD) for _ in range(4)]
    gone.enter(Stage.SESSION)
    assert len(admission) == 3


def test_the_end_closes_what_waits_and_leaves_what_works(
    admission: Admission, admit: Admit
) -> None:
    idle, busy = admit(Stage.IDLE), admit(Stage.ANSWER)
    admission.drain()
    assert is_closed(idle)
    assert not is_closed(busy)


def test_one_connection_of_polling_has_few_requests_at_once(admission: Admission) -> None:
    assert all(admission.begin_request("sid") for _ in range(REQUESTS_PER_SID))
    assert not admission.begin_request("sid")
    assert admission.begin_request("other")
    admission.end_request("sid")
    assert admission.begin_request("sid")
