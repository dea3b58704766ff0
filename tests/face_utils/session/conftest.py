"""A session, its models, its clock, and what its client is sent."""

from __future__ import annotations

import pytest

from face_utils.fair_queue import FairQueue
from face_utils.results import FrameStamp
from face_utils.session import Session, SessionLimits
from tests.face_utils.session.scene import AGE, EMOTION, PICTURE, FakeBackend, look

LIMITS = SessionLimits(max_seconds=300, idle_seconds=60, frames_per_second=30)


@pytest.fixture
def backend():
    return FakeBackend()


@pytest.fixture
def sent():
    """What the client was sent: (event, payload)."""
    return []


@pytest.fixture
def build(backend, sent, clock):
    def build_session(limits=LIMITS):
        return Session(
            models=[EMOTION, AGE],
            backend=backend,
            run=lambda function, *args: function(*args),
            place=FairQueue(workers=2).join(),
            send=lambda event, payload: sent.append((event, payload)),
            clock=clock,
            limits=limits,
        )

    return build_session


@pytest.fixture
def session(build):
    return build()


@pytest.fixture
def show(session, clock):
    """Shows a frame with faces in these boxes, a tenth of a second after the last."""
    seqs = iter(range(1000))

    def show_frame(*boxes, seconds=0.1, image=PICTURE):
        clock.advance(seconds)
        session.admit()
        return session.analyse(FrameStamp(next(seqs)), look(*boxes, image=image))

    return show_frame
