"""Attacks through a real HAProxy, with gunicorn behind it: a neighbour keeps its rate."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from benchmarks.attack.attacks.catalogue import CATALOGUE
from benchmarks.attack.result import MAX_DESCRIPTOR_GROWTH
from benchmarks.attack.target import Target, running_target
from benchmarks.attack.trial import Observers, observers
from tests.support.attacks import attack_undisturbed, delays

SECONDS = 3.0

Stage = tuple[Target, Observers]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The service, its neighbour and a probe that opens a new connection each time."""
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
def test_behind_the_proxy_a_neighbour_keeps_its_frame_rate_during_attacks(
    stage: Stage, name: str
) -> None:
    target, seen = stage
    attack = dataclasses.replace(CATALOGUE[name], then_stop=False)
    result = attack_undisturbed(attack, "haproxy", target, seen, SECONDS)
    assert not delays(result), result
    assert not result.attacker_faults, result
    assert result.left.descriptors - result.idle.descriptors <= MAX_DESCRIPTOR_GROWTH, result
