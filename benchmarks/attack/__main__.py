"""`make attack`: attacks the service on loopback and prints the effect on another client."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.attack.attacks.attack import Attack
from benchmarks.attack.attacks.catalogue import CATALOGUE
from benchmarks.attack.report import HEAD, row, summary, write_json
from benchmarks.attack.result import Result
from benchmarks.attack.run_description import describe_run
from benchmarks.attack.target import MODES, Target, running_target
from benchmarks.attack.trial import Observers, observers, try_attack

SECONDS = 3.5


def main() -> int:
    """Runs the chosen attacks; returns 1 if one was not withstood."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # Ends the child processes as well.
    if options.list:
        print("\n".join(f"{attack.name:24}{attack.about}" for attack in CATALOGUE.values()))
        return 0
    about = describe_run("python -m benchmarks.attack", sys.argv[1:])
    print("\n".join(f"{name}: {words}" for name, words in about.items()), HEAD, sep="\n\n")
    results = []
    for server in options.server or MODES:
        for result in _attack_server(server, options):
            print(row(result), flush=True)
            results.append(result)
    print(f"\n{summary(results)}")
    if options.json:
        write_json(results, options.json, about)
    return int(any(result.faults for result in results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Attack Mien on loopback and measure the harm.")
    add = parser.add_argument
    add(
        "--only", action="append", choices=CATALOGUE, metavar="NAME", help="this attack; see --list"
    )
    add("--server", action="append", choices=MODES, help="this server")
    add("--seconds", type=float, default=SECONDS, help="per attack (%(default)s)")
    add("--same-address", action="store_true", help="attack from the neighbour's own address")
    add("--json", type=Path, metavar="FILE", help="also write all values to this file")
    add("--list", action="store_true", help="list the attacks and exit")
    return parser


def _attack_server(server: str, options: argparse.Namespace) -> Iterator[Result]:
    with Stage(server) as stage:
        for name in options.only or CATALOGUE:
            attack = CATALOGUE[name]
            target, seen = stage.prepare(attack)
            result = try_attack(
                attack, server, target, seen, options.seconds, same_address=options.same_address
            )
            yield result
            if attack.then_stop or result.recover_seconds is None:
                stage.clear()


class Stage:
    """A running service with its observers, which attacks share until it fails.

    Args:
        server: Name of the server.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._stack = ExitStack()
        self._needs: tuple[Mapping[str, str], bool] | None = None
        self._running: tuple[Target, Observers] | None = None

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def prepare(self, attack: Attack) -> tuple[Target, Observers]:
        """Returns a service with the settings of an attack; starts one if necessary."""
        needs = (attack.settings, attack.tls)
        if self._running is None or needs != self._needs:
            self.clear()
            self._needs = needs
            target = self._stack.enter_context(
                running_target(self._server, attack.settings, tls=attack.tls)
            )
            self._running = (target, self._stack.enter_context(observers(target)))
        return self._running

    def clear(self) -> None:
        """Ends the service."""
        self._running = None
        self._stack.close()


if __name__ == "__main__":
    sys.exit(main())
