"""Definition of an attack, and of its outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.attack.endpoint import Endpoint


@dataclass
class Outcome:
    """Outcome of an attack as the attacker measured it.

    Attributes:
        notes: Values by name, such as `guesses_per_second`.
        faults: Descriptions of successes that the attacker should not have had.
    """

    notes: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Attack:
    """An attack.

    Attributes:
        name: For the command line.
        about: One sentence.
        run: Attacks for `endpoint.seconds`; all its counts and rates are bounded.
        settings: Variables of the app for this attack.
        tls: Whether the app itself must use TLS.
        then_stop: Whether SIGTERM afterwards must end the app in time.
        spares_neighbour: Whether the neighbour must keep its rate. It need not if all clients are
            well-behaved and there are too many of them.
        slowness: Factor of its duration.
    """

    name: str
    about: str
    run: Callable[[Endpoint], Outcome]
    settings: Mapping[str, str] = field(default_factory=dict)
    tls: bool = False
    then_stop: bool = False
    spares_neighbour: bool = True
    slowness: float = 1.0
