"""Attacks through a real HAProxy, with gunicorn behind it: a neighbour keeps its rate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.attack.attacks.catalogue import CATALOGUE
from benchmarks.attack.result import LEAST_RATE, Result, is_back
from benchmarks.attack.target import Target, running_target
from benchmarks.attack.trial import Observers, observers, try_attack

SECONDS = 3.0

Stage = tuple[Target, Observers]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The service, its neighbour and a probe that always comes anew."""
    with (
        running_target("haproxy", {}, tls=False) as target,
        observers(target) as seen,
    ):
        yield target, seen


@pytest.mark.parametrize(
    "name",
    [
        "old-websocket",
        "one-byte-chunks",
        "smuggling",
        "half-headers",
        "idle-connections",
        "half-handshakes",
        "dripping-posts",
        "idle-sessions",
    ],
)
def test_behind_the_proxy_an_attack_leaves_the_neighbour_its_boxes(stage: Stage, name: str) -> None:
    target, seen = stage
    result = try_attack(CATALOGUE[name], "haproxy", target, seen, SECONDS)
    _expect_withstood(result)
    assert is_back(result.idle, result.left)


def test_behind_the_proxy_sessions_without_end_leave_the_neighbour_its_boxes(stage: Stage) -> None:
    target, seen = stage
    result = try_attack(CATALOGUE["session-churn"], "haproxy", target, seen, SECONDS)
    _expect_withstood(result)


def _expect_withstood(result: Result) -> None:
    assert result.kept >= LEAST_RATE
    assert result.after.rate >= LEAST_RATE * result.before.rate
    assert result.health.failed == 0  # Others were let in.
    assert result.attacker_faults == []
