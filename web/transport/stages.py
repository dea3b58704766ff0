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
    SESSION = 7
    """It has a session, and is never closed to make room."""


class Staged(Protocol):
    """Anything with a stage, and the time at which it entered the stage, in seconds."""

    stage: Stage
    since: float


T = TypeVar("T", bound=Staged)


class Queue(Generic[T]):
    """Connections by stage; within a stage, the oldest comes first."""

    def __init__(self) -> None:
        self._stages: dict[Stage, dict[T, None]] = {stage: {} for stage in Stage}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, connection: T) -> None:
        """Adds a connection at the end of its stage."""
        self._stages[connection.stage][connection] = None
        self._count += 1

    def remove(self, connection: T) -> None:
        """Removes a connection, which must be in the stage in which it was added."""
        del self._stages[connection.stage][connection]
        self._count -= 1

    def oldest(self, stage: Stage, count: int) -> T | None:
        """Finds the oldest of a stage, if the stage has at least this many."""
        connections = self._stages[stage]
        return next(iter(connections)) if len(connections) >= count else None

    def expendable(self, now: float) -> T | None:
        """Finds the connection to close for a new one, or None if all have sessions."""
        first = list(self._first())
        ripe = [each for each in first if now - each.since >= GRACE_SECONDS]
        return next(iter(ripe or first), None)

    def _first(self) -> Iterator[T]:
        """The oldest of each stage, except those that have a session."""
        for stage, connections in self._stages.items():
            if connections and stage is not Stage.SESSION:
                yield next(iter(connections))
