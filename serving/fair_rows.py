"""Fair order of the requests that wait for a model's next call.

Each owner gets its share of the rows, one row per face. An owner with sixteen faces waits longer
between two turns than an owner with one, and pushes nobody out. Source: S. J. Golestani, "A
Self-Clocked Fair Queueing Scheme for Broadband Applications", 1994. Start-time fair queueing, which
shares the workers among frames, would let one face wait for sixteen of each other owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from face_utils.backend import Done, PredictRequest


class Owner(Protocol):
    """Owner of requests, such as a session.

    Attributes:
        is_closed: Whether it no longer wants outcomes.
        is_refused: Whether the server has refused a request of it.
    """

    is_closed: bool
    is_refused: bool


@dataclass(eq=False)
class Waiting:
    """A request that waits for a call.

    Attributes:
        owner: Whose faces these are.
        request: The request.
        done: Receives its outputs.
        alone: Whether it must not share a call.
        turn: Rows that its owner has used with it, by the queue's count. Lower turns go first.
    """

    owner: Owner
    request: PredictRequest
    done: Done
    alone: bool = False
    turn: float = 0.0

    @property
    def rows(self) -> int:
        """Number of faces."""
        return len(self.request.crops)


class FairRows:
    """The waiting requests of one model."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._used: dict[Owner, float] = {}
        self._floor = 0.0

    @property
    def rows(self) -> int:
        """Number of faces that wait."""
        return sum(each.rows for each in self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, waiting: Waiting) -> None:
        """Queues a request behind what its owner has used, but never before the current turn."""
        used = max(self._floor, self._used.get(waiting.owner, 0.0))
        waiting.turn = self._used[waiting.owner] = used + waiting.rows
        self._waiting.append(waiting)

    def take(self, rows: int) -> list[Waiting]:
        """Removes and returns the requests of the next call, lowest turn first.

        Args:
            rows: Largest sum of rows. A single request may have more.
        """
        self._waiting.sort(key=lambda each: each.turn)
        taken = self._waiting[: self._fitting(rows)]
        del self._waiting[: len(taken)]
        if self._waiting:
            self._floor = taken[-1].turn
        else:
            self._start_level()
        return taken

    def take_all(self) -> list[Waiting]:
        """Removes and returns all requests."""
        taken, self._waiting = self._waiting, []
        self._start_level()
        return taken

    def withdraw(self, owner: Owner) -> list[Waiting]:
        """Removes and returns the requests of an owner."""
        withdrawn = [each for each in self._waiting if each.owner is owner]
        self._waiting = [each for each in self._waiting if each.owner is not owner]
        self._used.pop(owner, None)
        return withdrawn

    def _start_level(self) -> None:
        """Forgets earlier turns: nobody has waited for them."""
        self._used.clear()
        self._floor = 0.0

    def _fitting(self, rows: int) -> int:
        """Number of waiting requests that fit into one call."""
        count = 0
        for each in self._waiting:
            rows -= each.rows
            if count and (rows < 0 or each.alone):
                break
            count += 1
            if each.alone:
                break
        return count
