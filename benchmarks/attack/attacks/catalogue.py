"""All attacks, in the order in which they run."""

from __future__ import annotations

from benchmarks.attack.attacks import (
    connections,
    models,
    overload,
    payloads,
    requests,
    sessions,
    websockets,
)
from benchmarks.attack.attacks.attack import Attack

_FAMILIES = (models, requests, websockets, payloads, connections, overload, sessions)

CATALOGUE: dict[str, Attack] = {
    attack.name: attack
    # Attacks with TLS come last, to avoid restarts of the app.
    for attack in sorted(
        (attack for family in _FAMILIES for attack in family.ATTACKS), key=lambda attack: attack.tls
    )
}
"""Attacks by name."""


def attacker_address(name: str) -> str:
    """Address of an attack. Each has its own, so that limits per address affect no other attack."""
    return f"127.0.3.{list(CATALOGUE).index(name) + 1}"
