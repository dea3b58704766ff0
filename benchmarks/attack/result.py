"""The figures of one attack on one server, and the verdict on them."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.attack.footprint import Footprint
from benchmarks.attack.samples import Figures

LEAST_RATE = 0.8
"""The share of its boxes per second that the neighbour has to keep."""
MOST_HEALTH_MS = 100.0
MOST_MORE_MIB = 30.0
MOST_MORE_DESCRIPTORS = 5
MOST_STOP_SECONDS = 5.0
MOST_LOG_BYTES_PER_SECOND = 10_000.0
"""About a hundred lines a second."""


@dataclass(frozen=True)
class Result:
    """What an attack did.

    Attributes:
        attack: Name of the attack.
        server: Name of the server.
        before: What the neighbour saw before the attack.
        during: What it saw while the attack lasted.
        after: What it saw at the end.
        health: What the probe of `/healthz` saw during the attack.
        idle: What the processes held before the attack.
        peak_rss_mib: Most memory of app and model server during the attack.
        peak_descriptors: Most descriptors during the attack.
        left: What the processes held at the end.
        recover_seconds: From the attack's end until rate, memory and descriptors are back; None
            where they did not come back in time.
        log_bytes_per_second: What the app wrote to its log during the attack.
        leaks_tokens: Whether a token stands in the log.
        others_share: Share of the processors that other programs took during the attack.
        stop_seconds: Duration of the end by SIGTERM, where the attack asks for it.
        spares_neighbour: Whether the neighbour has to keep its rate.
        notes: The attacker's own figures.
        attacker_faults: What the attacker should not have been able to do.
    """

    attack: str
    server: str
    before: Figures
    during: Figures
    after: Figures
    health: Figures
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
        """Everything that is over its limit, in a few words each; empty for a pass."""
        checks = (
            (self.spares_neighbour and self.kept < LEAST_RATE, f"keeps {self.kept:.0%}"),
            (self.health.p95_ms > MOST_HEALTH_MS, f"/healthz p95 {self.health.p95_ms:.0f} ms"),
            (self.after.rate < LEAST_RATE * self.before.rate, f"after: {self.after.rate:.1f}/s"),
            *_memory_checks(self.idle, self.left),
            (self.leaks_tokens, "a token in the log"),
            (
                self.log_bytes_per_second > MOST_LOG_BYTES_PER_SECOND,
                f"{self.log_bytes_per_second / 1e3:.0f} kB/s of log",
            ),
            (
                (self.stop_seconds or 0) > MOST_STOP_SECONDS,
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
        (app > MOST_MORE_MIB, f"app {app:+.0f} MiB"),
        (together > MOST_MORE_MIB, f"with models {together:+.0f} MiB"),
        (descriptors > MOST_MORE_DESCRIPTORS, f"{descriptors:+d} descriptors"),
    ]
