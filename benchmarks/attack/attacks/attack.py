"""An attack as the benchmark knows it, and what it has to say at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.attack.aim import Aim


@dataclass
class Outcome:
    """The attacker's own view.

    Attributes:
        notes: Figures by name, such as `guesses_per_second`.
        faults: Sentences about what the attacker should not have been able to do.
    """

    notes: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Attack:
    """An attack.

    Attributes:
        name: For the command line.
        about: One sentence.
        run: Attacks for `aim.seconds`; every count and rate in it is bounded.
        settings: Variables that the app needs for it.
        tls: Whether the app itself has to speak TLS.
        then_stop: Whether SIGTERM afterwards must end the app in time.
        spares_neighbour: Whether the neighbour has to keep its rate. It has no right to do so
            where all clients are well-behaved and there are too many of them.
        slowness: How many times longer than the others it runs.
    """

    name: str
    about: str
    run: Callable[[Aim], Outcome]
    settings: Mapping[str, str] = field(default_factory=dict)
    tls: bool = False
    then_stop: bool = False
    spares_neighbour: bool = True
    slowness: float = 1.0
