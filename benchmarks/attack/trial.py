"""Runs one attack against a running service and measures before, during and after."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.attack.attacks.attack import Attack
from benchmarks.attack.attacks.catalogue import attacker_address
from benchmarks.attack.endpoint import Deadline, Endpoint
from benchmarks.attack.footprint import Footprint, footprint
from benchmarks.attack.neighbour import run_neighbour
from benchmarks.attack.other_programs import OtherPrograms
from benchmarks.attack.probe import run_probe
from benchmarks.attack.processes import Attacker, BackgroundClient
from benchmarks.attack.result import MIN_RATE, Result, is_back
from benchmarks.attack.samples import ClientStats, Sample, client_stats
from benchmarks.attack.target import Target

NEIGHBOUR, PROBE = "127.0.0.2", "127.0.0.4"
"""Addresses of the clients."""
WARM_UP_SECONDS = 3.0
"""Time for one-time costs of the first frames, and for memory to settle."""
BEFORE_SECONDS = 2.0
MIN_AFTER_SECONDS = 1.5
MAX_RECOVERY_SECONDS = 10.0
SAMPLE_SECONDS = 0.25


@dataclass(frozen=True)
class Observers:
    """Clients that run during the whole measurement.

    Attributes:
        neighbour: The well-behaved client.
        probe: The probe of `/healthz`.
    """

    neighbour: BackgroundClient[Sample]
    probe: BackgroundClient[Sample]

    def neighbour_saw(self, start: float, end: float) -> ClientStats:
        """Statistics of the neighbour for a period."""
        return client_stats(self.neighbour.drain(), start, end)


@contextmanager
def observers(target: Target) -> Iterator[Observers]:
    """Starts the neighbour and the probe, and waits until they are warmed up."""
    pair = Observers(
        BackgroundClient(Sample, run_neighbour, target.endpoint(NEIGHBOUR)),
        BackgroundClient(Sample, run_probe, target.endpoint(PROBE)),
    )
    try:
        deadline = Deadline.after(MAX_RECOVERY_SECONDS)
        while not pair.neighbour.drain() and not deadline.is_over:
            deadline.wait(SAMPLE_SECONDS)
        time.sleep(WARM_UP_SECONDS)
        yield pair
    finally:
        pair.neighbour.stop()
        pair.probe.stop()


def try_attack(
    attack: Attack,
    server: str,
    target: Target,
    seen: Observers,
    seconds: float,
    *,
    same_address: bool = False,
) -> Result:
    """Attacks and measures.

    Args:
        attack: The attack.
        server: Name of the server, for the result.
        target: The service.
        seen: The observing clients.
        seconds: Duration of the attack.
        same_address: Whether the attacker shares the neighbour's address.
    """
    attacker = Attacker(attack.name, _attacker_endpoint(attack, target, seconds, same_address))
    start = time.monotonic()
    time.sleep(BEFORE_SECONDS)
    idle, log_start = _settled(target), target.log_bytes()
    before_end = time.monotonic()
    others = OtherPrograms()
    attacker.begin()
    peak = _watch(attacker, target, seconds * attack.slowness)
    others_share = others.share()
    outcome = attacker.result()
    end = time.monotonic()
    log_rate = (target.log_bytes() - log_start) / (end - before_end)
    before = seen.neighbour_saw(start, before_end)
    recovered, left = _recover(target, seen, idle, before.rate)
    now = time.monotonic()
    return Result(
        attack=attack.name,
        server=server,
        before=before,
        during=seen.neighbour_saw(before_end, end),
        after=seen.neighbour_saw(now - MIN_AFTER_SECONDS, now),
        health=client_stats(seen.probe.drain(), before_end, end),
        idle=idle,
        peak_rss_mib=max(sample.all_rss_mib for sample in peak),
        peak_descriptors=max(sample.descriptors for sample in peak),
        left=left,
        recover_seconds=recovered,
        log_bytes_per_second=log_rate,
        leaks_tokens=target.leaks_tokens(log_start),
        others_share=others_share,
        stop_seconds=target.stop_seconds() if attack.then_stop else None,
        spares_neighbour=attack.spares_neighbour,
        notes=outcome.notes,
        attacker_faults=outcome.faults,
    )


def _attacker_endpoint(
    attack: Attack, target: Target, seconds: float, same_address: bool
) -> Endpoint:
    return dataclasses.replace(
        target.endpoint(NEIGHBOUR if same_address else attacker_address(attack.name)),
        seconds=seconds * attack.slowness,
        crowd=not same_address,
    )


def _watch(attacker: Attacker, target: Target, seconds: float) -> list[Footprint]:
    """Samples the resources of the processes until the attack ends."""
    samples = [footprint(target.app.process)]
    deadline = Deadline.after(2 * seconds + 10)
    while attacker.is_running and not deadline.is_over:
        deadline.wait(SAMPLE_SECONDS)
        samples.append(footprint(target.app.process))
    return samples


def _recover(
    target: Target, seen: Observers, idle: Footprint, rate: float
) -> tuple[float | None, Footprint]:
    """Waits for the recovery; returns its duration in seconds, and the resources after it."""
    start = time.monotonic()
    recovered = None
    while (past := time.monotonic() - start) < MAX_RECOVERY_SECONDS:
        time.sleep(SAMPLE_SECONDS)
        now = time.monotonic()
        is_well = seen.neighbour_saw(now - 1, now).rate >= MIN_RATE * rate
        if not (is_well and is_back(idle, footprint(target.app.process))):
            recovered = None
        elif recovered is None:
            recovered = past
        elif past >= MIN_AFTER_SECONDS:
            break
    return recovered, _settled(target)


def _settled(target: Target) -> Footprint:
    """Resources between two probes, because each probe uses a descriptor for a moment."""
    samples = [footprint(target.app.process) for _ in range(3)]
    return min(samples, key=lambda sample: sample.descriptors)
