"""Attacks through a real HAProxy, with gunicorn behind it: a neighbour keeps its rate."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from benchmarks.attack.attacks.catalogue import CATALOGUE
from benchmarks.attack.result import LEAST_RATE, MOST_MORE_DESCRIPTORS, Result
from benchmarks.attack.target import Target, running_target
from benchmarks.attack.trial import Observers, observers, try_attack

SECONDS = 3.0
TRIES = 3
MOST_OTHERS_SHARE = 0.25
"""Of all processors. Where other programs took more than that, rates say little of the service."""

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
        "session-churn",
        "half-headers",
        "idle-connections",
        "half-handshakes",
        "dripping-posts",
        "idle-sessions",
    ],
)
def test_behind_the_proxy_an_attack_leaves_the_neighbour_its_boxes(stage: Stage, name: str) -> None:
    target, seen = stage
    attack = dataclasses.replace(CATALOGUE[name], then_stop=False)
    for _ in range(TRIES):
        result = try_attack(attack, "haproxy", target, seen, SECONDS)
        assert not _breaches(result), result
        if not (delays := _delays(result)):
            return
        # A try is repeated only with proof that others had the machine, never to be luckier.
        if result.others_share <= MOST_OTHERS_SHARE:
            break
    pytest.fail(f"{delays}: {result}")


def _breaches(result: Result) -> list[str]:
    """What no busy machine explains."""
    more = result.left.descriptors - result.idle.descriptors
    return result.attacker_faults + ["descriptors stay open"] * (more > MOST_MORE_DESCRIPTORS)


def _delays(result: Result) -> list[str]:
    checks = {
        "the neighbour loses boxes": result.kept < LEAST_RATE,
        "it does not recover": result.after.rate < LEAST_RATE * result.before.rate,
        "others are not let in": result.health.failed > 0,
    }
    return [problem for problem, is_there in checks.items() if is_there]
