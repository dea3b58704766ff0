"""During a flood of tiny messages the neighbour keeps its rate."""

from __future__ import annotations

from benchmarks.attack.attacks.catalogue import CATALOGUE
from benchmarks.attack.target import running_target
from benchmarks.attack.trial import observers
from tests.support.attacks import attack_undisturbed, delays

SECONDS = 4.0


def test_the_neighbour_keeps_its_rate_during_a_flood_of_packets() -> None:
    attack = CATALOGUE["packet-flood"]
    with running_target("app.py", {}, tls=False) as target, observers(target) as seen:
        result = attack_undisturbed(attack, "app.py", target, seen, SECONDS)
    assert not delays(result), result
