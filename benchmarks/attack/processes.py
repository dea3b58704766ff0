"""Child processes for clients and attackers, which end with the benchmark."""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from benchmarks.attack.attacks.attack import Outcome
from benchmarks.attack.attacks.catalogue import CATALOGUE
from benchmarks.attack.endpoint import Endpoint

GRACE_SECONDS = 10.0
"""Time after its deadline until an attack that hangs in a socket is killed."""
T = TypeVar("T")
_SPAWN = multiprocessing.get_context("forkserver")
# Preloaded, so that the imports of an attacker are not part of the measurement.
_SPAWN.set_forkserver_preload(["benchmarks.attack.attacks.catalogue"])


class BackgroundClient(Generic[T]):
    """A client that runs in a background process, and the results it has sent.

    Args:
        kind: Type of the results.
        run: The client's loop.
        endpoint: Where it connects.
    """

    def __init__(
        self, kind: type[T], run: Callable[[Endpoint, Connection], None], endpoint: Endpoint
    ) -> None:
        self._received: list[T] = []
        self._results, theirs = _SPAWN.Pipe(duplex=False)
        self._process = _SPAWN.Process(
            target=_run_client, args=(run, endpoint, theirs), daemon=True
        )
        self._process.start()
        theirs.close()

    def drain(self) -> list[T]:
        """Receives pending results; returns all results since the start.

        Raises:
            EOFError: The client's process has exited.
        """
        while self._results.poll():
            self._received.append(self._results.recv())
        return self._received

    def stop(self) -> None:
        """Ends the client."""
        self._process.kill()
        self._process.join()


class Attacker:
    """An attack in a separate process that is ready and waits for `begin`.

    Args:
        name: Its name in the catalogue.
        endpoint: Target and duration.
    """

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self._ours, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_run_attack, args=(name, endpoint, theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        self._ours.recv()

    def begin(self) -> None:
        """Starts the attack."""
        self._ours.send(None)

    @property
    def is_running(self) -> bool:
        """Whether it still attacks."""
        return not self._ours.poll() and self._process.is_alive()

    def result(self) -> Outcome:
        """Waits for the end of the attack, kills it after a grace time, and returns its outcome."""
        outcome = Outcome(faults=["the attacker failed"])
        if self._ours.poll(GRACE_SECONDS):
            with suppress(EOFError):
                outcome = self._ours.recv()
        self._process.kill()
        self._process.join()
        return outcome


def _run_client(run: Callable[..., Any], endpoint: Endpoint, results: Connection) -> None:
    _ignore_interrupts()
    run(endpoint, results)


def _run_attack(name: str, endpoint: Endpoint, theirs: Connection) -> None:
    _ignore_interrupts()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    attack = CATALOGUE[name]
    theirs.send("ready")
    theirs.recv()
    try:
        outcome = attack.run(endpoint)
    except ConnectionError:  # The limits of the service or of the proxy refuse it.
        outcome = Outcome({"shut_out": 1})
    theirs.send(outcome)


def _ignore_interrupts() -> None:
    """Ignores SIGINT, which the parent process handles."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
