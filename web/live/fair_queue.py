"""Fair queue for frames: the newest frames of each session, and a fair share for each address.

A few workers analyze the frames of all sessions. The next free worker goes to the address that has
used the least processor time, and within it to the session that has used the least. So a client
with many sessions, many frames or expensive images slows down itself first. Source: P. Goyal et
al., "Start-time Fair Queueing", 1996, on two levels.
"""

from __future__ import annotations

from collections import deque
from threading import Condition, Lock

FRAMES_PER_SESSION = 2
"""One that a worker has or gets next, and one that waits."""

MIN_CHECK_SECONDS, MAX_CHECK_SECONDS, RARE_CHECK_FACTOR = 0.02, 0.1, 3
"""Time between two checks for newer frames, and the factor for a client that sends many. At 30
times the capacity, a factor of six instead of three analyzed 3 % more frames, but 0.14 s later."""

FIRST_ESTIMATE_SECONDS = 0.01
"""Estimated cost of a session's first frame: one webcam frame on a slow core."""


class _Share:
    """Processor time that an address or a session has used, in seconds.

    Attributes:
        used: Time used.
        floor: Time that a new member of this share starts with, so that waiting earns no credit.
        members: Number of places in this share.
    """

    def __init__(self, used: float = 0.0) -> None:
        self.used = used
        self.floor = 0.0
        self.members = 0


class FairQueue:
    """Shares a number of workers among sessions.

    Args:
        workers: Number of frames that may be analyzed at the same time.

    Example:
        >>> queue = FairQueue(workers=2)
        >>> place = queue.join("203.0.113.7")
        >>> if place.enter():
        ...     place.leave(cost=0.012)
    """

    def __init__(self, workers: int) -> None:
        self.lock = Lock()
        self._free = workers
        self._floor = 0.0
        self._shares: dict[str, _Share] = {}
        self._waiting: set[Place] = set()

    def join(self, address: str = "") -> Place:
        """Adds a session and returns its place; close the place at the session's end.

        Args:
            address: Network address of the client; sessions of one address share one turn.
        """
        with self.lock:
            share = self._shares.setdefault(address, _Share(self._floor))
            share.members += 1
            return Place(self, address, share)

    @property
    def check_seconds(self) -> float:
        """Time between two checks for newer frames; it grows with the waiting sessions."""
        return min(MAX_CHECK_SECONDS, MIN_CHECK_SECONDS + len(self._waiting) / 1000)

    def await_worker(self, place: Place) -> None:
        """Queues a place."""
        if place not in self._waiting:
            place.share.used = max(place.share.used, self._floor)
            place.used = max(place.used, place.share.floor)
            self._waiting.add(place)
        self._dispatch()

    def withdraw(self, place: Place) -> None:
        """Removes a place from the queue."""
        self._waiting.discard(place)

    def release(self) -> None:
        """Takes a worker back and gives it to the next place."""
        self._free += 1
        self._dispatch()

    def forget(self, place: Place) -> None:
        """Removes a place permanently."""
        self.withdraw(place)
        place.share.members -= 1
        if not place.share.members:
            self._shares.pop(place.address, None)

    def _dispatch(self) -> None:
        while self._free and self._waiting:
            fresh = [place for place in self._waiting if not place.is_stale] or self._waiting
            share = min((place.share for place in fresh), key=lambda share: share.used)
            candidates = [place for place in fresh if place.share is share]
            place = min(candidates, key=lambda place: place.used)
            self._floor, share.floor = share.used, place.used
            self._waiting.discard(place)
            self._free -= 1
            place.grant()


class Place:
    """One session's place in a `FairQueue`: one frame with a worker, and the newest one since.

    While other sessions have all workers, the two newest frames wait.

    `FairQueue.join` makes it and has an example.

    Attributes:
        address: Network address of the session.
        share: Share of the address.
        used: Processor time that the session has used, in seconds.
        is_stale: Whether its frame is old, so that fresh frames of others go first.
    """

    def __init__(self, queue: FairQueue, address: str, share: _Share) -> None:
        self.address = address
        self.share = share
        self.used = share.floor
        self.is_stale = False
        self._queue = queue
        self._changed = Condition(queue.lock)
        self._estimate = FIRST_ESTIMATE_SECONDS
        self._waiting: deque[object] = deque()
        self._expected = self._granted = self._busy = self._closed = False

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) + self._busy >= FRAMES_PER_SESSION

    @property
    def is_busy(self) -> bool:
        """Whether a worker has a frame of this session."""
        return self._busy

    @property
    def has_turn(self) -> bool:
        """Whether a worker waits for this session, and no earlier frame will take it."""
        return self._granted and not (self._waiting or self._closed)

    def enter_at_turn(self) -> None:
        """Takes the worker that waits for this session; `has_turn` says whether there is one."""
        with self._changed:
            self._start_frame()

    def wait_for_turn(self, *, is_stale: bool = False, checks_rarely: bool = False) -> bool:
        """Waits a moment for a worker before a frame is unpacked.

        The caller checks for newer frames between two calls. `enter`, `enter_at_turn` or `abandon`
        must follow.

        Args:
            is_stale: Whether other sessions' fresh frames go first.
            checks_rarely: Whether to wait longer, for a caller that checks at its turn anyway.

        Returns:
            True when a worker is available, or the place is closed.
        """
        with self._changed:
            self._expected, self.is_stale = True, is_stale
            self._ask()
            if not (self._granted or self._closed):
                factor = RARE_CHECK_FACTOR if checks_rarely else 1
                self._changed.wait(factor * self._queue.check_seconds)
            return self._granted or self._closed

    def abandon(self) -> None:
        """Leaves the queue, and returns a granted worker that no frame will use."""
        with self._changed:
            self._expected = False
            if self._waiting:
                return
            self._queue.withdraw(self)
            if self._granted:
                self._granted = False
                self._charge(-self._estimate)
                self._queue.release()

    def enter(self) -> bool:
        """Waits for a worker.

        Returns:
            True if the caller has a worker and must call `leave`. False if the frame is dropped,
            because a newer one arrived or the place was closed.
        """
        frame = object()
        with self._changed:
            if self._closed:
                return False
            if self._is_full:
                self._waiting.popleft()
                self._changed.notify_all()
            self._waiting.append(frame)
            self._ask()
            while frame in self._waiting:
                if self._granted and frame is self._waiting[0]:
                    self._waiting.popleft()
                    self._start_frame()
                    return True
                self._changed.wait()
            return False

    def leave(self, cost: float = 0.0) -> None:
        """Returns the worker.

        Args:
            cost: Processor time of the frame in seconds.
        """
        with self._changed:
            self._charge(cost - self._estimate)
            self._estimate = cost
            self._busy = False
            self._changed.notify_all()
            self._ask()
            self._queue.release()

    def grant(self) -> None:
        """Gives the place a worker."""
        self._granted = True
        self._charge(self._estimate)
        self._changed.notify_all()

    def close(self) -> None:
        """Drops all frames, now and later."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._expected = False
            self._waiting.clear()
            self._queue.forget(self)
            if self._granted:
                self._granted = False
                self._queue.release()
            self._changed.notify_all()

    def wait_until_free(self, seconds: float) -> None:
        """Waits until no worker has a frame of this session, for at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, seconds)

    def _start_frame(self) -> None:
        self._expected = self._granted = self.is_stale = False
        self._busy = True

    def _charge(self, seconds: float) -> None:
        self.used += seconds
        self.share.used += seconds

    def _ask(self) -> None:
        if (self._waiting or self._expected) and not (self._busy or self._granted or self._closed):
            self._queue.await_worker(self)
