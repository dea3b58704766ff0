"""One client's session: the newest frame wins, models never wait for each other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from face_utils import results
from face_utils.errors import InternalError, MienError, RateLimited, SessionExpired
from face_utils.fair_queue import Place
from face_utils.model_spec import ACTIVATION, ModelSpec
from face_utils.pipeline import Batch, Look, Pipeline
from face_utils.rate_limit import RateLimit
from face_utils.results import Analysis, FrameStamp, Wire
from face_utils.session_settings import SessionSettings
from face_utils.smoothing import Smoother

log = logging.getLogger(__name__)

CHANGES_PER_SECOND = 30.0  # of the settings: as often as a key that is held down repeats

Runner = Callable[..., tuple[Analysis, list[Batch]]]
"""Runs a function with its arguments where it may take its time, and returns its result."""


@dataclass(frozen=True, eq=False)
class Answer:
    """A model's answer to one batch.

    Attributes:
        version: Version of the model.
        outputs: Output name -> `(n, ...)` float32, one row per crop.
    """

    version: int
    outputs: Mapping[str, NDArray[np.float32]]


Done = Callable[[Answer | MienError], None]


class Backend(Protocol):
    """Asks models without making anyone wait."""

    def is_available(self, model: str) -> bool:
        """Whether the model can be asked now."""
        ...

    def predict(
        self, model: ModelSpec, crops: NDArray[np.uint8], done: Done, *, activation: bool = False
    ) -> None:
        """Asks a model about `(n, size, size)` crops; calls `done` once, later.

        Args:
            model: The model.
            crops: What to look at.
            done: Told the answer.
            activation: Whether the answer is to hold the class activation maps too.
        """
        ...


@dataclass(frozen=True)
class SessionLimits:
    """How long and how fast a session may be.

    Attributes:
        max_seconds: Life of a session.
        idle_seconds: Time without a frame after which it ends.
        frames_per_second: Frames that it may send.
    """

    max_seconds: float
    idle_seconds: float
    frames_per_second: float


class Session:
    """Everything that belongs to one connected client and dies with it.

    Args:
        models: The models of the contract.
        backend: Answers for them.
        run: Runs the work on pixels off the caller's event loop.
        place: The session's place in the queue for workers.
        send: Sends an event with its payload to this client and no one else.
        clock: Monotonic time in seconds.
        limits: How long and how fast the session may be.
    """

    def __init__(
        self,
        *,
        models: Sequence[ModelSpec],
        backend: Backend,
        run: Runner,
        place: Place,
        send: Callable[[str, Wire], None],
        clock: Callable[[], float],
        limits: SessionLimits,
    ) -> None:
        self.settings = SessionSettings.default(models)
        self._models = models
        self._backend = backend
        self._run = run
        self._send = send
        self._clock = clock
        self._limits = limits
        self._started = self._active = clock()
        self._frame_rate = RateLimit(limits.frames_per_second, self._started)
        self._change_rate = RateLimit(CHANGES_PER_SECOND, self._started)
        self._place = place
        self._cost = 0.0
        self._pipeline = Pipeline()
        self._smoother = Smoother()
        self._in_flight: set[str] = set()
        self._stale_schedules: set[str] = set()
        self._closed = False

    def admit(self) -> None:
        """Counts a frame that has come, before anyone reads it: bad ones cost time, too.

        Raises:
            MienError: It came too fast, or the session is over.
        """
        now = self._clock()
        if self._closed:
            raise SessionExpired("The session is over.")
        if not self._frame_rate.allows(now):
            raise RateLimited(f"Rate limit exceeded: {self._limits.frames_per_second:g} frames/s.")
        self._active = now

    def wait_for_turn(self, *, is_stale: bool = False, looks_seldom: bool = False) -> bool:
        """Waits a moment for a worker before a frame is unpacked, see `Place.wait_for_turn`."""
        return self._place.wait_for_turn(is_stale=is_stale, looks_seldom=looks_seldom)

    @property
    def has_frame_in_work(self) -> bool:
        """Whether a frame is in work."""
        return self._place.is_busy

    def abandon_turn(self) -> None:
        """Leaves the queue for workers: the frame that waited there will not be analysed."""
        self._place.abandon()

    def drop(self, seq: int | None) -> Wire:
        """Counts a frame that a newer one overtook unread; returns its acknowledgement.

        Raises:
            MienError: It came too fast, or the session is over.
        """
        self.admit()
        return results.dropped(seq)

    def analyse(self, stamp: FrameStamp, look: Look) -> Wire:
        """Takes an admitted frame, returns its acknowledgement; waits while another is in work.

        Raises:
            MienError: The frame cannot be read, or the session is over.
        """
        if not self._place.enter():
            if self._closed:
                raise SessionExpired("The session is over.")
            return results.dropped(stamp.seq)
        try:
            return self._work(stamp, look)
        finally:
            self._place.leave(self._cost)

    def configure(self, payload: object) -> Wire:
        """Changes the settings and returns what now holds.

        Raises:
            BadRequest: The payload is wrong; nothing has changed.
            RateLimited: It came too fast; nothing has changed.
        """
        if not self._change_rate.allows(self._clock()):
            raise RateLimited(f"Rate limit exceeded: {CHANGES_PER_SECOND:g} changes of settings/s.")
        before, self.settings = self.settings, self.settings.changed(payload)
        for name, model in self.settings.models.items():
            if model != before.models[name]:
                self._stale_schedules.add(name)
        return self.settings.to_wire()

    @property
    def quiet_seconds(self) -> float:
        """Time since the last frame, or since the start."""
        return self._clock() - self._active

    @property
    def remaining_seconds(self) -> float:
        """Time until the session reaches the end of its life."""
        return self._started + self._limits.max_seconds - self._clock()

    def expiry(self) -> str | None:
        """Why the session must end now: `lifetime`, `idle`, or None while it may go on."""
        now = self._clock()
        if now - self._started >= self._limits.max_seconds:
            return "lifetime"
        return "idle" if now - self._active >= self._limits.idle_seconds else None

    def close(self) -> None:
        """Ends the session; frames and answers that come later are not looked at."""
        self._closed = True
        self._place.close()

    def wait_until_idle(self, seconds: float) -> None:
        """Waits until no frame is in work, at most `seconds`."""
        self._place.wait_until_free(seconds)

    def _work(self, stamp: FrameStamp, look: Look) -> Wire:
        while self._stale_schedules:
            self._pipeline.schedule.retry(self._stale_schedules.pop())
        now = self._clock()
        analysis, batches = self._run(self._analyse, look, self._askable(), now)
        if self._closed:
            raise SessionExpired("The session is over.")
        self._smoother.keep(self._pipeline.tracks)
        for batch in batches:
            self._ask(batch, stamp, now)
        return analysis.to_wire(stamp.seq)

    def _analyse(
        self, look: Look, models: Mapping[ModelSpec, float], now: float
    ) -> tuple[Analysis, list[Batch]]:
        """Runs in a worker, and measures what the frame costs there."""
        start = thread_time()
        try:
            return self._pipeline.analyse(look, models, now)
        finally:
            self._cost = thread_time() - start

    def _askable(self) -> dict[ModelSpec, float]:
        """The models that are on, there, and not busy for this session; with their intervals."""
        return {
            spec: self.settings.models[spec.name].interval_ms / 1e3
            for spec in self._models
            if self.settings.models[spec.name].enabled
            and spec.name not in self._in_flight
            and self._backend.is_available(spec.name)
        }

    def _ask(self, batch: Batch, stamp: FrameStamp, now: float) -> None:
        self._in_flight.add(batch.model.name)
        asked_at = self._clock()

        def done(answer: Answer | MienError) -> None:
            self._in_flight.discard(batch.model.name)
            if isinstance(answer, MienError):
                self._stale_schedules.add(batch.model.name)
            elif not self._closed:
                latency = (self._clock() - asked_at) * 1e3
                self._send("prediction", self._prediction(batch, stamp, answer, latency, now))

        wanted = self.settings.activation and batch.model.activation
        self._backend.predict(batch.model, batch.crops, done, activation=wanted)

    def _prediction(
        self, batch: Batch, stamp: FrameStamp, answer: Answer, latency: float, now: float
    ) -> Wire:
        faces = [self._face(batch, row, answer, now) for row in range(len(batch.tracks))]
        return results.prediction(batch.model, answer.version, latency, stamp, faces)

    def _face(self, batch: Batch, row: int, answer: Answer, now: float) -> Wire:
        model, track = batch.model, batch.tracks[row]
        outputs = {name: answer.outputs[name][row] for name in model.outputs}
        if self.settings.smoothing:
            outputs = dict(self._smoother.update(model, track, outputs, now))
        face = results.describe(model, track, outputs)
        if ACTIVATION in answer.outputs:  # Never smoothed: it belongs to this one frame.
            maps = answer.outputs[ACTIVATION][row]
            face["activation"] = results.explain(model, outputs, maps, batch.squares[row])
        return face


def acknowledge(head: Wire, work: Callable[[], Wire]) -> Wire:
    """Does some work for a client and turns what it raises into an error acknowledgement.

    Args:
        head: What an error acknowledgement begins with.
        work: Returns the acknowledgement of success.
    """
    try:
        return work()
    except MienError as error:
        return {**head, "status": "error", "code": error.code, "message": error.message}
    except Exception:
        log.exception("a client's request failed")
        failure = InternalError("Something failed; the log of the server has the details.")
        return {**head, "status": "error", "code": failure.code, "message": failure.message}
