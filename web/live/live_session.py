"""Driver of one live session: runs the actions that the session returns.

A frame takes one way: transport, validation, session, vision in a worker, session, models, and
their predictions back to the client. Nothing here decides; `face_utils.session` does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from time import thread_time

from face_utils.backend import Backend, ModelOutputs
from face_utils.errors import MienError, SessionExpired
from face_utils.frame import FrameSource
from face_utils.results import Wire
from face_utils.session import Session
from face_utils.session_events import Analyze, AnalyzedFrame, FrameStamp, Predict
from web.live.fair_queue import Place
from web.observability.instrumentation import FrameObservation, PredictionObservation
from web.protocol.acks import Analysed, Dropped
from web.protocol.predictions import Prediction

Clock = Callable[[], float]
"""Monotonic time in seconds."""

Run = Callable[[Callable[[], AnalyzedFrame]], AnalyzedFrame]
"""Runs a function where it may take its time, and returns its result."""

ReadFrame = Callable[[], tuple[FrameStamp, FrameSource]]
"""Validates what a client sent: the frame's number, and what gives its faces."""


class LiveSession:
    """A session with its place in the queue, its workers, its models and its client.

    Args:
        session: Decides what happens.
        backend: The models.
        run: Runs the work on pixels off the event loop.
        place: The session's place in the fair queue for workers.
        send: Sends an event with its payload to this client and no one else.
        clock: Monotonic time in seconds.
    """

    def __init__(
        self,
        session: Session,
        *,
        backend: Backend,
        run: Run,
        place: Place,
        send: Callable[[str, Wire], None],
        clock: Clock,
    ) -> None:
        self.session = session
        self.place = place
        self._backend = backend
        self._run = run
        self._send = send
        self._clock = clock
        self._cost = 0.0

    def analyze(self, read: ReadFrame, observation: FrameObservation) -> Wire:
        """Takes a frame and returns its ack; waits for a worker.

        Args:
            read: Validates the frame, once it is admitted.
            observation: Observes the frame.

        Raises:
            MienError: The frame cannot be read or came too fast, or the session is over.
        """
        try:
            self.session.admit(self._clock())
            stamp, source = read()
        except Exception:
            self.place.abandon()
            raise
        if not self.place.enter():
            if self.session.is_closed:
                raise SessionExpired("The session is over.")
            return Dropped(seq=stamp.seq, status="dropped").to_wire()
        try:
            return self._work(stamp, source, observation)
        finally:
            self.place.leave(self._cost)

    def drop(self, seq: int | None) -> Wire:
        """Counts a frame that a newer one replaced unread; returns its ack.

        Raises:
            MienError: It came too fast, or the session is over.
        """
        self.session.admit(self._clock())
        return Dropped(seq=seq, status="dropped").to_wire()

    def configure(self, payload: object) -> Wire:
        """Changes the settings and returns those that now hold.

        Raises:
            BadRequest: The payload is wrong; nothing has changed.
            RateLimited: It came too fast; nothing has changed.
        """
        return self.session.configure(payload, self._clock()).to_wire()

    def close(self) -> None:
        """Ends the session; frames and predictions that come later are discarded."""
        self.session.close()
        self.place.close()

    def _work(self, stamp: FrameStamp, source: FrameSource, observation: FrameObservation) -> Wire:
        analyze = self.session.receive(stamp, source, self._backend.is_available, self._clock())
        started_ns = time.time_ns()
        frame = self._run(partial(self._measured, analyze))
        observation.analyzed(frame.analysis.timings, started_ns)
        completed = self.session.complete(frame, self._clock())
        for predict in completed.predict:
            self._predict(predict, observation)
        return Analysed.of(completed.frame).to_wire()

    def _measured(self, analyze: Analyze) -> AnalyzedFrame:
        """Runs in a worker, and measures what the frame costs there."""
        start = thread_time()
        try:
            return analyze.run()
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
