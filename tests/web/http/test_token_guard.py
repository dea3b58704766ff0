"""Guessing an access token is slow and visible, and does not affect clients with the token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from face_utils.errors import Unauthorized
from web.http.token_guard import (
    CHECKS_PER_SECOND,
    FORGET_SECONDS,
    FREE_GUESSES,
    MAX_ADDRESSES,
    MAX_DELAY_SECONDS,
    MAX_WAITING_PER_ADDRESS,
    TokenGuard,
    TooManyGuesses,
)
from web.observability.metrics import REGISTRY
from web.settings.access import AccessSettings

RIGHT, WRONG = {"token": "open sesame"}, {"token": "guess"}
ADDRESS = {"REMOTE_ADDR": "192.0.2.1"}


class Time:
    """A clock that stands still but for those who sleep, and what they do meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.delays: list[float] = []
        self.meanwhile: Callable[[], Any] | None = None

    def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        if self.meanwhile:
            self.meanwhile()

    def clock(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def guard(time: Time) -> TokenGuard:
    return TokenGuard(AccessSettings(access_token="open sesame"), time.sleep, time.clock)


def guess(guard: TokenGuard, count: int = 1, address: str = "192.0.2.1") -> None:
    for _ in range(count):
        with pytest.raises(Unauthorized):
            guard.check(WRONG, {"REMOTE_ADDR": address})


def refused(reason: str) -> float:
    return REGISTRY.get_sample_value("mien_unauthorized_total", {"reason": reason}) or 0


def test_each_wrong_token_waits_longer_up_to_a_bound(guard: TokenGuard, time: Time) -> None:
    guess(guard, 30)
    assert len(time.delays) == 30 - FREE_GUESSES
    assert time.delays[:4] == [0.25, 0.5, 1, 2]
    assert time.delays[-1] == MAX_DELAY_SECONDS


def test_the_right_token_passes_at_once_from_an_address_that_guesses(
    guard: TokenGuard, time: Time
) -> None:
    guess(guard, 30)
    time.delays.clear()
    guard.check(RIGHT, ADDRESS)
    assert time.delays == []


@pytest.mark.parametrize("auth", [None, {}, {"token": ""}])
def test_a_missing_token_is_refused_at_once_and_delays_no_other(
    guard: TokenGuard, time: Time, auth: object
) -> None:
    before = refused("missing")
    for _ in range(30):
        with pytest.raises(Unauthorized, match="missing"):
            guard.check(auth, ADDRESS)
    assert refused("missing") == before + 30
    guess(guard, FREE_GUESSES)
    assert time.delays == []


def test_guesses_side_by_side_are_refused_at_once(guard: TokenGuard, time: Time) -> None:
    refused = []

    def guess_meanwhile() -> None:
        try:
            guard.check(WRONG, ADDRESS)
        except TooManyGuesses as error:
            refused.append(error)
        except Unauthorized:
            pass

    guess(guard, FREE_GUESSES)
    time.meanwhile = guess_meanwhile
    guess(guard)
    assert len(refused) == 1
    assert len(time.delays) == MAX_WAITING_PER_ADDRESS
    time.meanwhile = None
    guess(guard)
    assert len(time.delays) == MAX_WAITING_PER_ADDRESS + 1


def test_while_guesses_wait_few_tokens_of_their_address_are_checked(
    guard: TokenGuard, time: Time
) -> None:
    passed, before = [], refused("unchecked")

    def try_the_right_one() -> None:
        if len(time.delays) < MAX_WAITING_PER_ADDRESS:
            guess(guard)
            return
        time.meanwhile = None
        with pytest.raises(TooManyGuesses):
            for _ in range(1000):
                guard.check(RIGHT, ADDRESS)
                passed.append(RIGHT)
        time.now += 1
        guard.check(RIGHT, ADDRESS)

    guess(guard, FREE_GUESSES)
    time.meanwhile = try_the_right_one
    guess(guard)
    assert len(passed) <= CHECKS_PER_SECOND
    assert refused("unchecked") == before + 1


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::2:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_addresses_of_one_client_count_together(
    guard: TokenGuard, time: Time, first: str, second: str, same: bool
) -> None:
    guess(guard, FREE_GUESSES, first)
    guess(guard, 1, second)
    assert bool(time.delays) is same


def test_guesses_are_forgotten_after_a_while(guard: TokenGuard, time: Time) -> None:
    guess(guard, 30)
    time.delays.clear()
    time.now += FORGET_SECONDS
    guess(guard)
    assert time.delays == []


def test_memory_is_bounded(guard: TokenGuard) -> None:
    for number in range(MAX_ADDRESSES + 10):
        guess(guard, 1, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(guard) == MAX_ADDRESSES


def test_guesses_are_counted_and_logged_with_their_address(
    guard: TokenGuard, caplog: pytest.LogCaptureFixture
) -> None:
    before = refused("wrong")
    guess(guard, 2)
    assert refused("wrong") == before + 2
    assert "192.0.2.1" in caplog.text
    assert "guess" not in caplog.text.replace("token_guard", "")
