from __future__ import annotations

import pytest

from serving.circuit_breaker import (
    FAILURES_TO_OPEN,
    NO_RESPONSE_YET,
    QUIET_SECONDS,
    CircuitBreaker,
    ModelState,
)


@pytest.fixture
def heard():
    """Every state that was told."""
    return []


@pytest.fixture
def breaker(clock, heard):
    breaker = CircuitBreaker("mood", clock)
    breaker.on_change = heard.append
    return breaker


@pytest.fixture
def serving(breaker, heard):
    """A breaker whose model is served in version 1."""
    breaker.served(1)
    heard.clear()
    return breaker


def fail(breaker, times=FAILURES_TO_OPEN):
    for _ in range(times):
        breaker.failed("The model server is too slow.", is_gone=False)


def pause_of(breaker, clock):
    """Seconds that pass, in sixteenths, until a model that is served can be asked again."""
    for sixteenths in range(16 * 60):
        breaker.served(1)
        if breaker.state.available:
            return sixteenths / 16
        clock.advance(1 / 16)
    raise AssertionError("it never came back")


def test_a_model_is_unavailable_until_the_server_says_that_it_serves_it(breaker, heard):
    assert breaker.state == ModelState("mood", False, None, NO_RESPONSE_YET)

    breaker.served(3)

    assert breaker.state == ModelState("mood", True, 3, "")
    assert heard == [breaker.state]


def test_every_change_is_reported_once(serving, heard):
    serving.served(1)
    assert heard == []

    serving.served(2)
    serving.not_served("It went.")
    serving.not_served("It went.")
    serving.served(2)

    assert [(state.available, state.version, state.message) for state in heard] == [
        (True, 2, ""),
        (False, 2, "It went."),
        (True, 2, ""),
    ]


def test_it_opens_after_three_failures_and_not_before(serving, heard):
    fail(serving, 2)
    assert serving.state.available

    fail(serving, 1)

    assert serving.state == ModelState("mood", False, 1, "The model server is too slow.")
    assert heard == [serving.state]


def test_a_response_in_between_resets_the_failure_count(serving):
    fail(serving, 2)
    serving.succeeded()
    fail(serving, 2)

    assert serving.state.available


def test_a_server_that_is_gone_opens_it_at_once(serving):
    serving.failed("The model server does not respond.", is_gone=True)

    assert not serving.state.available


def test_a_server_that_only_reports_its_status_is_detected(serving, clock):
    for _ in range(2):
        fail(serving, 1)
        clock.advance(1)
        serving.served(1)
    assert serving.state.available

    fail(serving, 1)

    assert serving.state.message == "The model server is too slow."


def test_failures_that_are_long_ago_do_not_count(serving, clock):
    for _ in range(10):
        fail(serving, 1)
        clock.advance(QUIET_SECONDS + 1)
        serving.served(1)

    assert serving.state.available


def test_it_comes_back_when_the_server_serves_it_and_the_pause_is_over(serving, clock):
    fail(serving)

    assert pause_of(serving, clock) == 0.5
    assert serving.state == ModelState("mood", True, 1, "")


def test_it_does_not_come_back_while_the_server_does_not_serve_it(serving, clock):
    fail(serving)
    clock.advance(3600)

    serving.not_served("The model server has no working version of this model.")

    assert not serving.state.available


def test_after_recovery_three_new_failures_open_the_breaker(serving, clock):
    fail(serving, 5)
    pause_of(serving, clock)

    fail(serving, 2)
    assert serving.state.available
    fail(serving, 1)
    assert not serving.state.available


def test_the_pause_doubles_up_to_a_longest(serving, clock):
    pauses = []
    for _ in range(7):
        fail(serving)
        pauses.append(pause_of(serving, clock))
        clock.advance(1)
        serving.served(1)

    assert pauses == [0.5, 1, 2, 4, 8, 8, 8]


def test_failures_while_it_is_open_do_not_make_the_pause_longer(serving, clock):
    fail(serving, 30)

    assert pause_of(serving, clock) == 0.5


def test_after_an_answer_the_pause_is_short_again(serving, clock):
    for _ in range(4):
        fail(serving)
        pause_of(serving, clock)
    serving.succeeded()

    fail(serving)

    assert pause_of(serving, clock) == 0.5


def test_the_retry_delay_resets_after_a_quiet_period_without_calls(serving, clock):
    for _ in range(6):
        serving.failed("The model server does not respond.", is_gone=True)
        pause_of(serving, clock)
        clock.advance(QUIET_SECONDS + 1)
        serving.served(1)

    serving.failed("The model server does not respond.", is_gone=True)

    assert pause_of(serving, clock) == 0.5


def test_a_server_that_returns_after_long_is_used_at_once(serving, clock):
    serving.failed("The model server does not respond.", is_gone=True)
    for _ in range(100):
        clock.advance(0.25)
        serving.failed("The model server does not respond.", is_gone=True)

    assert pause_of(serving, clock) == 0
