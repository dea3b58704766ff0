"""The session as a state machine: no thread, no clock, no backend."""

from __future__ import annotations

import weakref

import numpy as np
import pytest

from face_utils.backend import ModelOutputs
from face_utils.detection import Detection
from face_utils.errors import ModelUnavailable, RateLimited, SessionExpired
from face_utils.frame import DetectedFrame, FaceRegion
from face_utils.results import Regression
from face_utils.session import Session, SessionLimits
from face_utils.session_events import Completed, FramePredictions, FrameStamp
from tests.support.model_specs import regression

AGE = regression(interval_ms=1000)
YEARS = ModelOutputs(
    3,
    {
        name: np.array([value], np.float32)
        for name, value in (("years", 30), ("low", 25), ("high", 36))
    },
)
IMAGE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)


@pytest.fixture
def session() -> Session:
    return Session([AGE], SessionLimits(300, 60, frames_per_second=2), now=0.0)


def one_face() -> DetectedFrame:
    detection = Detection(np.array((50, 100, 100, 100), np.float32), 0.9)
    return DetectedFrame(640, 480, [FaceRegion(detection, IMAGE)])


def frame(session: Session, now: float, *, available: bool = True) -> Completed:
    session.admit(now)
    analyze = session.receive(FrameStamp(int(now)), one_face, lambda model: available, now)
    return session.complete(analyze.run(), now)


def test_a_frame_gives_an_ack_and_the_models_to_ask(session: Session) -> None:
    completed = frame(session, 1.0)

    assert completed.frame.analysis.faces[0].id == 1
    [predict] = completed.predict
    assert (predict.batch.model, predict.batch.tracks) == (AGE, [1])
    assert predict.request((("x", "y"),)).metadata == (("x", "y"),)


def test_the_outputs_of_a_model_give_predictions(session: Session) -> None:
    [predict] = frame(session, 1.0).predict

    predictions = session.predicted(predict, YEARS, now=1.25)

    assert predictions == FramePredictions(
        stamp=FrameStamp(1),
        model="age",
        version=3,
        latency_ms=250.0,
        faces=[(1, Regression(value=30, low=25, high=36, unit="years"))],
    )


def test_a_model_is_not_asked_again_before_it_has_responded(session: Session) -> None:
    [predict] = frame(session, 1.0).predict
    assert frame(session, 3.0).predict == []

    session.predicted(predict, YEARS, now=3.0)

    assert len(frame(session, 4.0).predict) == 1


def test_an_error_gives_no_event_and_the_model_is_asked_with_the_next_frame(
    session: Session,
) -> None:
    [predict] = frame(session, 1.0).predict

    assert session.predicted(predict, ModelUnavailable("Gone."), now=1.1) is None

    assert len(frame(session, 1.5).predict) == 1


def test_a_model_that_is_not_available_is_not_asked(session: Session) -> None:
    assert frame(session, 1.0, available=False).predict == []


def test_frames_beyond_the_rate_are_refused(session: Session) -> None:
    session.admit(0.0)
    session.admit(0.0)

    with pytest.raises(RateLimited):
        session.admit(0.0)
    session.admit(0.5)


def test_after_its_end_nothing_is_accepted_and_nothing_is_sent(session: Session) -> None:
    [predict] = frame(session, 1.0).predict
    analyze = session.receive(FrameStamp(2), one_face, lambda model: True, 2.0)
    analyzed = analyze.run()
    session.close()

    assert session.predicted(predict, YEARS, now=2.0) is None
    with pytest.raises(SessionExpired):
        session.complete(analyzed, 2.0)
    with pytest.raises(SessionExpired):
        session.receive(FrameStamp(3), one_face, lambda model: True, 3.0)


def test_a_person_who_returns_keeps_the_id_and_the_smoothed_answers(session: Session) -> None:
    [first] = frame(session, 1.0).predict
    session.predicted(first, YEARS, now=1.1)
    session.admit(2.0)
    empty = session.receive(FrameStamp(2), lambda: DetectedFrame(640, 480, []), lambda _: True, 2.0)
    session.complete(empty.run(), 2.0)

    [again] = frame(session, 5.0).predict
    older = ModelOutputs(3, {**YEARS.outputs, "years": np.array([50], np.float32)})
    predictions = session.predicted(again, older, now=5.1)

    assert again.batch.tracks == [1]
    assert predictions is not None
    [(_, prediction)] = predictions.faces
    assert isinstance(prediction, Regression)
    assert prediction.value == 40


def test_the_memory_of_a_session_is_as_long_as_its_limits_say() -> None:
    limits = SessionLimits(300, 60, frames_per_second=2, track_memory_seconds=2)
    session = Session([AGE], limits, now=0.0)
    frame(session, 1.0)
    session.admit(2.0)
    empty = session.receive(FrameStamp(2), lambda: DetectedFrame(640, 480, []), lambda _: True, 2.0)
    session.complete(empty.run(), 2.0)

    assert frame(session, 5.0).frame.analysis.faces[0].id == 2


def test_nothing_of_a_session_is_left_after_its_end(session: Session) -> None:
    frame(session, 1.0)
    pipeline = weakref.ref(session._pipeline)
    smoother = weakref.ref(session._smoother)

    session.close()

    assert pipeline() is None
    assert smoother() is None
