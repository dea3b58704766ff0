"""`python -m benchmarks.attack.soak`: slow clients, faults, disconnects and one attacker."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
import time
from collections.abc import Iterator
from itertools import cycle

from benchmarks.attack.attacks.catalogue import CATALOGUE, attacker_address
from benchmarks.attack.crowd import Event, run_crowd
from benchmarks.attack.faults import ModelFaults
from benchmarks.attack.footprint import Footprint, footprint
from benchmarks.attack.probe import run_probe
from benchmarks.attack.processes import Attacker, BackgroundClient
from benchmarks.attack.run_description import describe_run
from benchmarks.attack.samples import Sample
from benchmarks.attack.soak_report import LINE_HEAD, Minute, line, summary
from benchmarks.attack.target import MODES, Target, running_target
from benchmarks.attack.trial import PROBE

MINUTES = 60.0
SEED = 12
TICK_SECONDS = 1.0
ATTACK_SECONDS = 2.0
BETWEEN_ATTACKS_SECONDS = 30.0
NOT_HERE = {"hanging-model-server", "overload-3", "overload-30"}
"""Fault injection already stops the model server, and an overload is not a single attacker."""
DEFAULTS = {"MIEN_SESSION_MAX_SECONDS": "300"}
"""The usual lifetime of a session, so that clients have to reconnect."""


def main() -> int:
    """Runs the soak; returns 1 if an ack was lost."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # Ends the child processes as well.
    about = describe_run("python -m benchmarks.attack.soak", sys.argv[1:])
    print("\n".join(f"{name}: {words}" for name, words in about.items()), LINE_HEAD, sep="\n\n")
    minutes = []
    with running_target(options.server, DEFAULTS, tls=False) as target:
        soak = Soak(target, options.seed)
        try:
            for minute in soak.minutes(options.minutes):
                print(line(minute), flush=True)
                minutes.append(minute)
        finally:
            soak.stop()
    print(f"\n{summary(minutes)}")
    return int(any(minute.count("lost") for minute in minutes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Soak Mien on loopback.")
    add = parser.add_argument
    add("--minutes", type=float, default=MINUTES, help="duration (%(default)s)")
    add("--server", choices=MODES, default="app.py", help="server to soak (%(default)s)")
    add("--seed", type=int, default=SEED, help="seed of the faults (%(default)s)")
    return parser


class Soak:
    """Clients, fault injection and attackers of a soak.

    Args:
        target: The service.
        seed: Seed of the faults.
    """

    def __init__(self, target: Target, seed: int) -> None:
        self._target = target
        self._crowd = BackgroundClient(Event, run_crowd, target.endpoint("127.0.2.0"))
        self._probe = BackgroundClient(Sample, run_probe, target.endpoint(PROBE))
        self._faults = ModelFaults(target.app.process.pid, seed)
        self._names = cycle(name for name in CATALOGUE if name not in NOT_HERE)
        self._attacker: Attacker | None = None
        self._attacks = 0
        self._next_attack = BETWEEN_ATTACKS_SECONDS

    def minutes(self, count: float) -> Iterator[Minute]:
        """Runs for some minutes; yields the values of each minute at its end."""
        start, received, probed = time.monotonic(), 0, 0
        number = 0
        while number < count:
            number += 1
            end = start + 60 * min(number, count)
            held = list(self._run_until(start, end))
            events, probes = self._crowd.drain(), self._probe.drain()
            yield Minute(
                number=number,
                events=events[received:],
                health=probes[probed:],
                held=held,
                kills=self._faults.kills,
                hangs=self._faults.hangs,
                attacks=self._attacks,
            )
            received, probed = len(events), len(probes)

    def stop(self) -> None:
        """Ends the clients and the attacker."""
        self._faults.release()
        self._crowd.stop()
        self._probe.stop()
        if self._attacker:
            self._attacker.result()

    def _run_until(self, start: float, end: float) -> Iterator[Footprint]:
        while (now := time.monotonic()) < end:
            self._faults.tick(now - start)
            self._attack(now - start)
            self._crowd.drain()
            self._probe.drain()
            yield footprint(self._target.app.process)
            time.sleep(max(0.0, min(TICK_SECONDS, end - time.monotonic())))

    def _attack(self, now: float) -> None:
        """Runs the attacks in turn, each for a short time."""
        if self._attacker and not self._attacker.is_running:
            self._attacker.result()
            self._attacker = None
        if now >= self._next_attack and self._attacker is None:
            self._next_attack = now + BETWEEN_ATTACKS_SECONDS
            name = next(self._names)
            endpoint = self._target.endpoint(attacker_address(name))
            self._attacker = Attacker(name, dataclasses.replace(endpoint, seconds=ATTACK_SECONDS))
            self._attacker.begin()
            self._attacks += 1


if __name__ == "__main__":
    sys.exit(main())
