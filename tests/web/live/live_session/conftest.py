"""A session, its models, its clock, and the events for its client."""

from __future__ import annotations

from functools import partial

import pytest

from face_utils.frame import FrameSource
from face_utils.results import Wire
from face_utils.session import Session, SessionLimits
from face_utils.session_events import FrameStamp
from tests.web.live.live_session.scene import AGE, EMOTION, IMAGE, HeldBackend, source
from web.live.fair_queue import FairQueue
from web.live.live_session import LiveSession
from web.live.worker_pool import CallingThread
from web.observability.instrumentation import FrameObservation

LIMITS = SessionLimits(max_seconds=300, idle_seconds=60, frames_per_second=30)


def send_to(live: LiveSession, stamp: FrameStamp, source: FrameSource) -> Wire:
    """Sends a frame to a live session, without any transport, and returns its ack."""
    with live.admission():
        observation = FrameObservation("s", stamp.seq)
    return live.analyze(stamp, source, observation)


@pytest.fixture
def backend():
    return HeldBackend()


@pytest.fixture
def sent():
    """Events for the client: (event, payload)."""
    return []


@pytest.fixture
def build(backend, sent, clock):
    def build_session(limits=LIMITS):
        return LiveSession(
            Session([EMOTION, AGE], limits, clock()),
            backend=backend,
            workers=CallingThread(),
            place=FairQueue(workers=2).join(),
            send=lambda event, payload: sent.append((event, payload)),
            clock=clock,
        )

    return build_session


@pytest.fixture
def session(build):
    return build()


@pytest.fixture
def send(session):
    return partial(send_to, session)


@pytest.fixture
def show(send, clock):
    """Sends a frame with faces in these boxes, a tenth of a second after the last."""
    seqs = iter(range(1000))

    def show_frame(*boxes, seconds=0.1, image=IMAGE):
        clock.advance(seconds)
        return send(FrameStamp(next(seqs)), source(*boxes, image=image))

    return show_frame
