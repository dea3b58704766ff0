"""Driver of one live session: runs the actions that the session returns.

A frame goes one way: transport, validation, session, vision in a worker, session, models, and
their predictions back to the client. `face_utils.session` makes all decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import thread_time
from typing import NamedTuple

from face_utils.backend import Backend, ModelOutputs
from face_utils.errors import MienError, SessionExpired
from face_utils.frame import FrameSource
from face_utils.results import Wire
from face_utils.session import Session
from face_utils.session_events import Analyze, AnalyzedFrame, FrameStamp, Predict
from web.live.acks import acknowledge_frame
from web.live.fair_queue import Place
from web.live.worker_pool import Workers
from web.observability.instrumentation import FrameObservation, PredictionObservation
from web.protocol.acks import Analysed, Configured, Dropped
from web.protocol.predictions import Prediction

Clock = Callable[[], float]
"""Monotonic time in seconds."""


class AcknowledgedFrame(NamedTuple):
    """A frame that a worker has analyzed, and its ack."""

    frame: AnalyzedFrame
    ack: Wire


class LiveSession:
    """A session with its place in the queue, its workers, its models and its client.

    Args:
        session: Makes the decisions.
        backend: The models, for this session only.
        workers: Run image processing outside of the event loop.
        place: The session's place in the fair queue for workers.
        send: Sends an event with its payload to this client only.
        clock: Monotonic time in seconds.
    """

    def __init__(
        self,
        session: Session,
        *,
        backend: Backend,
        workers: Workers,
        place: Place,
        send: Callable[[str, Wire], None],
        clock: Clock,
    ) -> None:
        self.session = session
        self.place = place
        self._backend = backend
        self._workers = workers
        self._send = send
        self._clock = clock
        self._cost = 0.0

    @contextmanager
    def admission(self) -> Iterator[None]:
        """Admits a frame, whose payload is then validated in this block.

        Raises:
            MienError: The rate limit is exceeded, or the session has ended.
        """
        try:
            self.session.admit(self._clock())
            yield
        except Exception:
            self.place.abandon()  # The frame will not need the worker that may wait for it.
            raise

    def analyze(
        self, stamp: FrameStamp, source: FrameSource, observation: FrameObservation
    ) -> Wire:
        """Takes an admitted frame and returns its ack; waits for a worker.

        Args:
            stamp: The frame's number and time.
            source: Source of its faces.
            observation: Observes the frame.

        Raises:
            MienError: The frame cannot be read, or the session has ended.
        """
        if not self.place.enter():
            if self.session.is_closed:
                raise SessionExpired("The session is over.")
            return Dropped(seq=stamp.seq, status="dropped").to_wire()
        try:
            work = self._receive(stamp, source, observation)
            return self._complete(observation, self._workers.run(work))
        finally:
            self.place.leave(self._cost)

    def start(
        self,
        stamp: FrameStamp,
        source: FrameSource,
        observation: FrameObservation,
        reply: Callable[[Wire], None],
    ) -> None:
        """Takes an admitted frame whose worker is free, without waiting for its ack.

        Args:
            stamp: The frame's number and time.
            source: Source of its faces.
            observation: Observes the frame.
            reply: Sends its ack, later.

        Raises:
            SessionExpired: The session has ended.
        """
        self.place.enter_at_turn()
        try:
            work = self._receive(stamp, source, observation)
        except Exception:
            self.place.leave(self._cost)
            raise
        self._workers.submit(work, partial(self._finish, observation, reply))

    def drop(self, seq: int | None) -> Wire:
        """Counts a frame that a newer one replaced unread; returns its ack.

        Raises:
            MienError: The rate limit is exceeded, or the session has ended.
        """
        self.session.admit(self._clock())
        return Dropped(seq=seq, status="dropped").to_wire()

    def configure(self, payload: object) -> Wire:
        """Changes the settings and returns an ack with the new ones.

        Raises:
            BadRequest: The payload is invalid; nothing has changed.
            RateLimited: The client exceeds its rate limit; nothing has changed.
        """
        return Configured.of(self.session.configure(payload, self._clock())).to_wire()

    def close(self) -> None:
        """Ends the session; later frames and predictions are discarded."""
        self.session.close()
        self.place.close()
        self._backend.close()

    def _receive(
        self, stamp: FrameStamp, source: FrameSource, observation: FrameObservation
    ) -> Callable[[], AcknowledgedFrame]:
        """Returns the work for a worker."""
        analyze = self.session.receive(stamp, source, self._backend.is_available, self._clock())
        observation.started()
        return partial(self._measured, analyze)

    def _finish(
        self,
        observation: FrameObservation,
        reply: Callable[[Wire], None],
        outcome: AcknowledgedFrame | Exception,
    ) -> None:
        """Acknowledges a frame that a worker has analyzed, or failed to."""
        complete = partial(self._complete, observation, outcome)
        with observation.logged():
            try:
                ack = acknowledge_frame(complete, observation.seq)
            finally:
                self.place.leave(self._cost)
        reply(ack)

    def _complete(
        self, observation: FrameObservation, outcome: AcknowledgedFrame | Exception
    ) -> Wire:
        """Asks the due models about a frame, and returns its ack."""
        if isinstance(outcome, Exception):
            raise outcome
        observation.analyzed(outcome.frame.analysis.timings)
        for predict in self.session.complete(outcome.frame, self._clock()).predict:
            self._predict(predict, observation)
        return outcome.ack

    def _measured(self, analyze: Analyze) -> AcknowledgedFrame:
        """Runs in a worker, and measures the processor time of the frame."""
        start = thread_time()
        try:
            frame = analyze.run()
            return AcknowledgedFrame(frame, Analysed.of(frame).to_wire())
        finally:
            self._cost = thread_time() - start

    def _predict(self, predict: Predict, observation: FrameObservation) -> None:
        call = observation.asks(predict.batch.model.name, len(predict.batch.tracks))
        done = partial(self._predicted, predict, call)
        self._backend.predict(predict.request(call.metadata), done)

    def _predicted(
        self, predict: Predict, call: PredictionObservation, outcome: ModelOutputs | MienError
    ) -> None:
        with call.logged():
            call.responded(outcome)
            predictions = self.session.predicted(predict, outcome, self._clock())
            if predictions is not None:
                self._send("prediction", Prediction.of(predictions).to_wire())
                call.emitted()
