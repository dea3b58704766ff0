"""Stages of connections, and the order in which they make room for new ones."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

GRACE_SECONDS = 1.0
"""Time in a stage before a connection makes room, if another one has spent that much in its own."""


class Stage(IntEnum):
    """Stages of a connection, the least valuable first."""

    CLOSING = 0
    HANDSHAKE = 1
    HEAD = 2
    BODY = 3
    IDLE = 4
    WEBSOCKET = 5
    ANSWER = 6
    KEPT = 7
    """A session has just used it, and may use it again. It makes room if no other can."""
    SESSION = 8
    """It has a session, and is never closed to make room."""


class Staged(Protocol):
    """Anything with a rank, and the time at which it entered its stage, in seconds."""

    since: float

    @property
    def rank(self) -> Stage:
        """The stage that decides when it makes room."""


T = TypeVar("T", bound=Staged)


class Queue(Generic[T]):
    """Connections by rank; within a rank, the oldest comes first."""

    def __init__(self) -> None:
        self._stages: dict[Stage, dict[T, None]] = {stage: {} for stage in Stage}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, connection: T) -> None:
        """Adds a connection at the end of its rank."""
        self._stages[connection.rank][connection] = None
        self._count += 1

    def remove(self, connection: T) -> None:
        """Removes a connection, which must have the rank with which it was added."""
        del self._stages[connection.rank][connection]
        self._count -= 1

    def oldest(self, stage: Stage, count: int) -> T | None:
        """Finds the oldest of a stage, if the stage has at least this many."""
        connections = self._stages[stage]
        return next(iter(connections)) if len(connections) >= count else None

    def expendable(self, now: float) -> T | None:
        """Finds the connection to close for a new one, or None if all have sessions."""
        first = list(self._first())
        ripe = [each for each in first if now - each.since >= GRACE_SECONDS]
        return next(iter(ripe or first or self._stages[Stage.KEPT]), None)

    def _first(self) -> Iterator[T]:
        """The oldest of each stage, except those of sessions."""
        for stage, connections in self._stages.items():
            if connections and stage < Stage.KEPT:
                yield next(iter(connections))
