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

CATALOGUE: dict[str, Attack] = {
    attack.name: attack
    for family in (models, requests, websockets, payloads, connections, overload, sessions)
    for attack in family.ATTACKS
}
"""Attacks by name."""
