"""Joined batches: one Predict call for the due faces of all sessions.

While a call to a model is in flight, requests to that model wait. All of them go as one call when
it returns, so calls grow under load only. With several sessions, calls of one model also keep a
short distance (`PACE_SECONDS`). A service with one session never waits.

Each session receives only its own rows and outputs. A session that ends takes its rows with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from face_utils.backend import Backend, Done, ModelOutputs, PredictRequest
from face_utils.errors import MienError, ModelUnavailable, SessionExpired
from process.unpatched_modules import real_modules
from serving.client import CallFailed
from serving.fair_rows import FairRows, Waiting
from serving.joined_request import join_requests, split_outcome

with real_modules():  # No green thread switches while it holds one, so a real lock is enough.
    from threading import Lock

log = logging.getLogger(__name__)

MAX_ROWS = 32
"""Faces per call. A call of 32 faces takes 10 ms of a fast core; larger ones save nothing more per
face and only delay the others."""

PACE_SECONDS, MAX_PACE_SECONDS = 0.005, 0.05
"""Distance between the starts of two calls of a model, per session besides the first, and its
limit. A call costs 2 to 3 ms of processor time in the app and the model server together, a face in
it 0.3 ms. With ten sessions at ten frames per second, 0.29 calls per frame remain of 1.07, and a
face waits for 25 ms on average. The limit is half of the shortest interval between two predictions
about a face, so no prediction is skipped."""

HANDED_OUT_AT_ONCE = 4
"""Outcomes that sessions use before others have a turn; each takes up to half a millisecond."""

REFUSED = "invalid_argument"
"""Kind of a failed call whose content the model server does not accept."""

Outcome = ModelOutputs | MienError
Later = Callable[[float, Callable[[], None]], object]
"""Runs a function after some seconds: `later(seconds, function)`."""


@dataclass(eq=False)
class _Lane:
    """Requests and calls of one model."""

    model: str
    waiting: FairRows = field(default_factory=FairRows)
    in_flight: bool = False
    has_timer: bool = False
    open_at: float = 0.0


class JoinedBatches:
    """Joins the requests of all sessions of a process.

    Args:
        backend: Receives the joined requests.
        later: Runs a function after some seconds.
        clock: Monotonic time in seconds.
        pause: Lets others have a turn, between the outcomes of a large call.

    Example:
        >>> import time
        >>> import numpy as np
        >>> from face_utils.backend import FakeBackend
        >>> from serving.contract import load_contract
        >>> backend = FakeBackend({"age": {"years": 30.0, "low": 25.0, "high": 36.0}})
        >>> joined = JoinedBatches(backend, lambda seconds, function: None, time.monotonic)
        >>> session = joined.join()
        >>> request = PredictRequest(load_contract()["age"], np.zeros((1, 96, 96), np.uint8))
        >>> session.predict(request, lambda outputs: print(outputs.outputs["years"]))
        [30.]
    """

    def __init__(
        self,
        backend: Backend,
        later: Later,
        clock: Callable[[], float],
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._backend = backend
        self._pause = pause
        self._later = later
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}
        self._members = 0
        self._lock = Lock()

    def join(self) -> SharedBackend:
        """Adds a session and returns its access to the models; close it at the session's end."""
        with self._lock:
            self._members += 1
        return SharedBackend(self, self._backend.is_available)

    def leave(self, member: SharedBackend) -> None:
        """Removes a session; its waiting requests fail."""
        with self._lock:
            self._members -= 1
            withdrawn = [w for lane in self._lanes.values() for w in lane.waiting.withdraw(member)]
        for each in withdrawn:
            _hand_out(each, _session_over())

    def waiting(self, model: str) -> int:
        """Number of faces that wait for a call to a model."""
        with self._lock:
            lane = self._lanes.get(model)
            return lane.waiting.rows if lane else 0

    def ask(self, member: SharedBackend, request: PredictRequest, done: Done) -> None:
        """Queues a session's request, and sends it if nothing is in the way."""
        with self._lock:
            lane = self._lane(request.model.name)
            lane.waiting.add(Waiting(member, request, done, alone=member.is_refused))
        self._send(lane)

    def _lane(self, model: str) -> _Lane:
        if model not in self._lanes:
            self._lanes[model] = _Lane(model)
        return self._lanes[model]

    def _send(self, lane: _Lane) -> None:
        """Starts the next call, unless one is in flight or its time has not come."""
        with self._lock:
            parts = self._take(lane)
        if not parts:
            return
        returned = partial(self._returned, lane, parts)
        try:
            self._backend.predict(join_requests([each.request for each in parts]), returned)
        except Exception:
            log.exception("A call to a model could not be started.")
            returned(ModelUnavailable("The call to the model could not be started."))

    def _take(self, lane: _Lane) -> list[Waiting]:
        if lane.in_flight or not lane.waiting:
            return []
        now = self._clock()
        if now < lane.open_at:
            self._send_later(lane, lane.open_at - now)
            return []
        lane.in_flight = True
        parts = lane.waiting.take(MAX_ROWS)
        if not parts[0].alone:
            lane.open_at = now + min(PACE_SECONDS * (self._members - 1), MAX_PACE_SECONDS)
        return parts

    def _send_later(self, lane: _Lane, seconds: float) -> None:
        if not lane.has_timer:
            lane.has_timer = True
            self._later(seconds, partial(self._resume, lane))

    def _resume(self, lane: _Lane) -> None:
        with self._lock:
            lane.has_timer = False
        self._send(lane)

    def _returned(self, lane: _Lane, parts: list[Waiting], outcome: Outcome) -> None:
        with self._lock:
            lane.in_flight = False
            finished = self._finish(lane, parts, outcome)
        self._send(lane)  # First, so that the model server does not wait for this process.
        for number, (part, own) in enumerate(finished, 1):
            _hand_out(part, own)
            if number % HANDED_OUT_AT_ONCE == 0:
                self._pause()

    def _finish(
        self, lane: _Lane, parts: list[Waiting], outcome: Outcome
    ) -> list[tuple[Waiting, Outcome]]:
        """The requests that have an outcome now; the others are queued again."""
        if _is_refused(outcome):
            if len(parts) > 1:
                self._send_alone(lane, parts)
                return [(each, outcome) for each in parts if each.owner.is_closed]
            parts[0].owner.is_refused = True
        elif isinstance(outcome, MienError) and not self._backend.is_available(lane.model):
            parts = [*parts, *lane.waiting.take_all()]
        outcomes = split_outcome([each.request for each in parts], outcome)
        return list(zip(parts, outcomes, strict=True))

    def _send_alone(self, lane: _Lane, parts: list[Waiting]) -> None:
        """Queues each request again for a call of its own, without a pause."""
        lane.open_at = 0.0
        for each in parts:
            if not each.owner.is_closed:
                lane.waiting.add(replace(each, alone=True))


class SharedBackend:
    """One session's access to the models that all sessions share.

    `JoinedBatches.join` makes it and has an example.

    Attributes:
        is_closed: Whether the session is over.
        is_refused: Whether the server has refused a request of it; the next ones go alone, so that
            they cannot fail those of others.
        is_available: Whether a model can be asked now.
    """

    def __init__(self, joined: JoinedBatches, is_available: Callable[[str], bool]) -> None:
        self.is_closed = False
        self.is_refused = False
        self.is_available = is_available
        self._joined = joined

    def predict(self, request: PredictRequest, done: Done) -> None:
        """Asks a model, in one call with other sessions; calls `done` exactly once."""
        if self.is_closed:
            done(_session_over())
        else:
            self._joined.ask(self, request, done)

    def close(self) -> None:
        """Ends the session; requests without a response fail."""
        if not self.is_closed:
            self.is_closed = True
            self._joined.leave(self)


def _is_refused(outcome: Outcome) -> bool:
    return isinstance(outcome, CallFailed) and outcome.kind == REFUSED


def _hand_out(part: Waiting, outcome: Outcome) -> None:
    """Gives a request its outcome; a failure of one session does not concern the others."""
    try:
        part.done(_session_over() if part.owner.is_closed else outcome)
    except Exception:
        log.exception("The outcome of a model call could not be used.")


def _session_over() -> SessionExpired:
    return SessionExpired("The session is over.")
