"""A flood of tiny messages leaves the neighbour its boxes."""

from __future__ import annotations

from benchmarks.attack.attacks.catalogue import CATALOGUE
from benchmarks.attack.result import LEAST_RATE
from benchmarks.attack.target import running_target
from benchmarks.attack.trial import observers, try_attack

SECONDS = 4.0
TRIES = 3


def test_the_neighbour_keeps_its_rate_during_a_flood_of_packets() -> None:
    """Another program may take the machine for a moment; a fault of the service is there again."""
    kept = []
    with running_target("app.py", {}, tls=False) as target, observers(target) as seen:
        for _ in range(TRIES):
            result = try_attack(CATALOGUE["packet-flood"], "app.py", target, seen, SECONDS)
            kept.append(result.kept)
            if result.kept >= LEAST_RATE:
                return
    raise AssertionError(f"the neighbour keeps {kept}")
