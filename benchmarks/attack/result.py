"""Measured values of one attack on one server, and their verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.attack.footprint import Footprint
from benchmarks.attack.samples import ClientStats

MIN_RATE = 0.8
"""The share of its boxes per second that the neighbour has to keep."""
MAX_HEALTH_MS = 100.0
MAX_GROWTH_MIB = 30.0
MAX_DESCRIPTOR_GROWTH = 5
MAX_STOP_SECONDS = 5.0
MAX_LOG_BYTES_PER_SECOND = 10_000.0
"""About a hundred lines a second."""


@dataclass(frozen=True)
class Result:
    """Effect of an attack.

    Attributes:
        attack: Name of the attack.
        server: Name of the server.
        before: The neighbour's values before the attack.
        during: The neighbour's values during the attack.
        after: The neighbour's values at the end.
        health: Values of the `/healthz` probe during the attack.
        idle: Resources of the processes before the attack.
        peak_rss_mib: Peak memory of app and model server during the attack.
        peak_descriptors: Peak number of descriptors during the attack.
        left: Resources of the processes at the end.
        recover_seconds: Time from the attack's end until rate, memory and descriptors are normal
            again; None if that took too long.
        log_bytes_per_second: Log output of the app during the attack.
        leaks_tokens: Whether the log contains a token.
        others_share: Processor share of other programs during the attack.
        stop_seconds: Duration of the shutdown after SIGTERM, if the attack includes it.
        spares_neighbour: Whether the neighbour must keep its rate.
        notes: The attacker's own values.
        attacker_faults: Successes of the attacker.
    """

    attack: str
    server: str
    before: ClientStats
    during: ClientStats
    after: ClientStats
    health: ClientStats
    idle: Footprint
    peak_rss_mib: float
    peak_descriptors: int
    left: Footprint
    recover_seconds: float | None
    log_bytes_per_second: float
    leaks_tokens: bool
    others_share: float = 0.0
    stop_seconds: float | None = None
    spares_neighbour: bool = True
    notes: dict[str, float] = field(default_factory=dict)
    attacker_faults: list[str] = field(default_factory=list)

    @property
    def kept(self) -> float:
        """Share of its boxes per second that the neighbour kept."""
        return self.during.rate / self.before.rate if self.before.rate else 0.0

    @property
    def faults(self) -> list[str]:
        """Values that exceed their limits, in a few words each; empty for a pass."""
        checks = (
            (self.spares_neighbour and self.kept < MIN_RATE, f"keeps {self.kept:.0%}"),
            (self.health.p95_ms > MAX_HEALTH_MS, f"/healthz p95 {self.health.p95_ms:.0f} ms"),
            (self.after.rate < MIN_RATE * self.before.rate, f"after: {self.after.rate:.1f}/s"),
            *_memory_checks(self.idle, self.left),
            (self.leaks_tokens, "a token in the log"),
            (
                self.log_bytes_per_second > MAX_LOG_BYTES_PER_SECOND,
                f"{self.log_bytes_per_second / 1e3:.0f} kB/s of log",
            ),
            (
                (self.stop_seconds or 0) > MAX_STOP_SECONDS,
                f"SIGTERM took {self.stop_seconds or 0:.0f} s",
            ),
        )
        return [words for is_over, words in checks if is_over] + self.attacker_faults


def is_back(idle: Footprint, now: Footprint) -> bool:
    """Whether memory and descriptors are within their limits again."""
    return not any(is_over for is_over, _ in _memory_checks(idle, now))


def _memory_checks(idle: Footprint, now: Footprint) -> list[tuple[bool, str]]:
    app = now.rss_mib - idle.rss_mib
    together = now.all_rss_mib - idle.all_rss_mib
    descriptors = now.descriptors - idle.descriptors
    return [
        (app > MAX_GROWTH_MIB, f"app {app:+.0f} MiB"),
        (together > MAX_GROWTH_MIB, f"with models {together:+.0f} MiB"),
        (descriptors > MAX_DESCRIPTOR_GROWTH, f"{descriptors:+d} descriptors"),
    ]
