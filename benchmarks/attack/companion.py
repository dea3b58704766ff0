"""Clients and attackers as processes of their own, which end with the benchmark."""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from benchmarks.attack.aim import Aim
from benchmarks.attack.attacks.attack import Outcome
from benchmarks.attack.attacks.catalogue import CATALOGUE

GRACE_SECONDS = 10.0
"""After its deadline an attack that hangs in a socket is ended."""
T = TypeVar("T")
_SPAWN = multiprocessing.get_context("forkserver")
# An attacker that has yet to import everything would be part of what is measured.
_SPAWN.set_forkserver_preload(["benchmarks.attack.attacks.catalogue"])


class Watched(Generic[T]):
    """A client that runs in the background, and what it tells.

    Args:
        kind: Type of what it sends.
        run: The client's loop.
        aim: Where it connects.
    """

    def __init__(self, kind: type[T], run: Callable[[Aim, Connection], None], aim: Aim) -> None:
        self._told: list[T] = []
        self._results, theirs = _SPAWN.Pipe(duplex=False)
        self._process = _SPAWN.Process(target=_run_client, args=(run, aim, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def drain(self) -> list[T]:
        """Takes what has come; returns all since the start.

        Raises:
            EOFError: The client's process ended.
        """
        while self._results.poll():
            self._told.append(self._results.recv())
        return self._told

    def stop(self) -> None:
        """Ends the client."""
        self._process.kill()
        self._process.join()


class Attacker:
    """An attack in a process of its own that is ready, and begins when it is told to.

    Args:
        name: Its name in the catalogue.
        aim: What it attacks, and for how long.
    """

    def __init__(self, name: str, aim: Aim) -> None:
        self._ours, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_run_attack, args=(name, aim, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._ours.recv()

    def begin(self) -> None:
        """Lets it attack."""
        self._ours.send(None)

    @property
    def is_running(self) -> bool:
        """Whether it still attacks."""
        return not self._ours.poll() and self._process.is_alive()

    def result(self) -> Outcome:
        """Waits a little for its end, ends it by force otherwise, and says what it saw."""
        outcome = Outcome(faults=["the attacker failed"])
        if self._ours.poll(GRACE_SECONDS):
            with suppress(EOFError):
                outcome = self._ours.recv()
        self._process.kill()
        self._process.join()
        return outcome


def _run_client(run: Callable[..., Any], aim: Aim, results: Connection) -> None:
    _leave_interrupts_to_the_parent()
    run(aim, results)


def _run_attack(name: str, aim: Aim, theirs: Connection) -> None:
    _leave_interrupts_to_the_parent()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    attack = CATALOGUE[name]
    theirs.send("ready")
    theirs.recv()
    try:
        outcome = attack.run(aim)
    except ConnectionError:  # Limits of the service or of the proxy keep it out.
        outcome = Outcome({"shut_out": 1})
    theirs.send(outcome)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
