"""One client's session as a state machine: takes events, returns actions, and never blocks.

Any caller can drive it, such as eventlet, threads or a test:

    session.admit(now)                              a frame has arrived
    analyze = session.receive(stamp, source, ...)   run `analyze.run()` in a worker
    completed = session.complete(analysis, now)     send the ack, ask the models
    predictions = session.predicted(predict, outputs, now)    send them

The caller ensures that only one frame at a time is between `receive` and `complete`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from face_utils.backend import ModelOutputs
from face_utils.errors import MienError, RateLimited, SessionExpired
from face_utils.frame import FrameSource
from face_utils.limits import MAX_FACES
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Batch, Pipeline
from face_utils.predictions import predict_faces
from face_utils.rate_limit import RateLimit
from face_utils.session_events import (
    Analyze,
    AnalyzedFrame,
    Completed,
    FramePredictions,
    FrameStamp,
    Predict,
)
from face_utils.session_settings import SessionSettings
from face_utils.smoothing import Smoother
from face_utils.tracking import MEMORY_SECONDS

CHANGES_PER_SECOND = 30.0
"""Changes of the settings: the repeat rate of a key that is held down."""


@dataclass(frozen=True)
class SessionLimits:
    """Limits of a session.

    Attributes:
        max_seconds: Lifetime of a session.
        idle_seconds: Time without a frame after which it ends.
        frames_per_second: Frames that it may send.
        max_faces: Largest number of faces that are analyzed in a frame.
        track_memory_seconds: How long a face that is out of view is remembered.
    """

    max_seconds: float
    idle_seconds: float
    frames_per_second: float
    max_faces: int = MAX_FACES
    track_memory_seconds: float = MEMORY_SECONDS


class Session:
    """Everything that belongs to one connected client and is deleted at its end.

    Args:
        models: The models of the contract.
        limits: Duration and rate of the session.
        now: Time in seconds.

    Attributes:
        settings: The client's settings.

    Example:
        >>> from face_utils.frame import DetectedFrame
        >>> session = Session([], SessionLimits(300, 60, frames_per_second=30), now=0.0)
        >>> session.admit(now=0.1)
        >>> source = lambda: DetectedFrame(640, 480, [])
        >>> analyze = session.receive(FrameStamp(seq=1), source, lambda model: True, now=0.1)
        >>> session.complete(analyze.run(), now=0.2).frame.analysis.faces
        []
    """

    def __init__(self, models: Sequence[ModelSpec], limits: SessionLimits, now: float) -> None:
        self.settings = SessionSettings.default(models)
        self._models = models
        self._limits = limits
        self._started = self._active = now
        self._frame_rate = RateLimit(limits.frames_per_second, now)
        self._change_rate = RateLimit(CHANGES_PER_SECOND, now)
        self._pipeline = Pipeline(limits.max_faces, limits.track_memory_seconds)
        self._smoother = Smoother()
        self._in_flight: set[str] = set()
        self._stale_schedules: set[str] = set()
        self._rotate = self.settings.rotate
        self._closed = False

    def admit(self, now: float) -> None:
        """Counts a frame on arrival, before it is read, because invalid frames cost time too.

        Raises:
            RateLimited: The client exceeds its rate limit.
            SessionExpired: The session is over.
        """
        self._check_open()
        if not self._frame_rate.allows(now):
            raise RateLimited(f"Rate limit exceeded: {self._limits.frames_per_second:g} frames/s.")
        self._active = now

    def receive(
        self,
        stamp: FrameStamp,
        source: FrameSource,
        is_available: Callable[[str], bool],
        now: float,
    ) -> Analyze:
        """Takes an admitted frame.

        Args:
            stamp: The frame's number and time.
            source: Returns the frame's faces; it runs in the worker.
            is_available: Whether a model can be asked now.
            now: Time in seconds.

        Raises:
            SessionExpired: The session is over.
        """
        self._check_open()
        if self._rotate != self.settings.rotate:
            self._rotate = self.settings.rotate
            self._pipeline.forget_tracks()
        while self._stale_schedules:
            self._pipeline.schedule.retry(self._stale_schedules.pop())
        return Analyze(stamp, now, self._pipeline, source, self._askable(is_available))

    def complete(self, frame: AnalyzedFrame, now: float) -> Completed:
        """Takes a frame that a worker has analyzed.

        Raises:
            SessionExpired: The session is over.
        """
        self._check_open()
        self._smoother.keep(self._pipeline.tracks)
        predict = [self._ask(batch, frame, now) for batch in frame.analysis.batches]
        return Completed(frame, predict)

    def predicted(
        self, asked: Predict, outcome: ModelOutputs | MienError, now: float
    ) -> FramePredictions | None:
        """Takes a model's outputs, or the error of a failed request.

        Returns:
            The predictions to send, or None after an error or the end of the session.
        """
        model = asked.batch.model
        self._in_flight.discard(model.name)
        if isinstance(outcome, MienError):
            self._stale_schedules.add(model.name)
            return None
        if self._closed:
            return None
        smoother = self._smoother if self.settings.smoothing else None
        return FramePredictions(
            stamp=asked.stamp,
            model=model.name,
            version=outcome.version,
            latency_ms=round((now - asked.asked_at) * 1e3, 2),
            faces=predict_faces(asked.batch, outcome, smoother, asked.at),
        )

    def configure(self, payload: object, now: float) -> SessionSettings:
        """Changes the settings and returns the new ones.

        Raises:
            BadRequest: The payload is invalid; nothing has changed.
            RateLimited: The client exceeds its rate limit; nothing has changed.
        """
        if not self._change_rate.allows(now):
            raise RateLimited(f"Rate limit exceeded: {CHANGES_PER_SECOND:g} changes of settings/s.")
        before, self.settings = self.settings, self.settings.changed(payload)
        for name, model in self.settings.models.items():
            if model != before.models[name]:
                self._stale_schedules.add(name)
        return self.settings

    def quiet_seconds(self, now: float) -> float:
        """Time since the last frame, or since the start."""
        return now - self._active

    def remaining_seconds(self, now: float) -> float:
        """Time until the session reaches the end of its lifetime."""
        return self._started + self._limits.max_seconds - now

    def expiry(self, now: float) -> str | None:
        """Reason to end the session now: `lifetime`, `idle`, or None while it may continue."""
        if self.remaining_seconds(now) <= 0:
            return "lifetime"
        return "idle" if self.quiet_seconds(now) >= self._limits.idle_seconds else None

    @property
    def is_closed(self) -> bool:
        """Whether the session is over."""
        return self._closed

    def close(self) -> None:
        """Ends the session: forgets all faces, and discards later frames and predictions."""
        self._closed = True
        # A worker may still use the old ones, and drops them when it is done.
        self._pipeline, self._smoother = Pipeline(), Smoother()

    def _check_open(self) -> None:
        if self._closed:
            raise SessionExpired("The session is over.")

    def _askable(self, is_available: Callable[[str], bool]) -> dict[ModelSpec, float]:
        """The models that are enabled, available and idle, with their intervals in seconds."""
        return {
            spec: self.settings.models[spec.name].interval_ms / 1e3
            for spec in self._models
            if self.settings.models[spec.name].enabled
            and spec.name not in self._in_flight
            and is_available(spec.name)
        }

    def _ask(self, batch: Batch, frame: AnalyzedFrame, now: float) -> Predict:
        self._in_flight.add(batch.model.name)
        activation = self.settings.activation and batch.model.activation
        return Predict(batch, activation, frame.stamp, frame.at, now)
