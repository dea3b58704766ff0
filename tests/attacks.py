"""Attacks of the benchmark as tests, on a machine that other programs use, too."""

from __future__ import annotations

from benchmarks.attack.attacks.attack import Attack
from benchmarks.attack.result import LEAST_RATE, Result
from benchmarks.attack.target import Target
from benchmarks.attack.trial import Observers, try_attack

TRIES = 3
MOST_OTHERS_SHARE = 0.25
"""Of all processors. Where other programs took more than that, rates say little of the service."""


def attack_undisturbed(
    attack: Attack, server: str, target: Target, seen: Observers, seconds: float
) -> Result:
    """Attacks; tries again only if something was delayed while others had the machine."""
    for _ in range(TRIES):
        result = try_attack(attack, server, target, seen, seconds)
        if not delays(result) or result.others_share <= MOST_OTHERS_SHARE:
            break
    return result


def delays(result: Result) -> list[str]:
    """What a busy machine may explain."""
    checks = {
        "the neighbour loses boxes": result.kept < LEAST_RATE,
        "it does not recover": result.after.rate < LEAST_RATE * result.before.rate,
        "others are not let in": result.health.failed > 0,
    }
    return [problem for problem, is_there in checks.items() if is_there]
