"""The end of a session, step by step."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from face_utils.backend import FakeBackend
from face_utils.errors import ServerFull, SessionExpired
from face_utils.frame import DetectedFrame
from face_utils.results import Wire
from face_utils.session import SessionLimits
from face_utils.session_events import AnalyzedFrame, FrameStamp
from web.live import sessions
from web.live.live_session import LiveSession
from web.live.sessions import LAST_REPLY_SECONDS, SessionCaps, SessionRegistry
from web.live.worker_pool import CallingThread, Workers
from web.observability.instrumentation import FrameObservation
from web.observability.metrics import REGISTRY

STAMP = FrameStamp(0)


def _registry(story: list[str], workers: Workers, **replaced: Any) -> SessionRegistry:
    def send(sid: str, event: str, payload: Wire) -> None:
        story.append(f"{event} to {sid}: {payload['reason']}")

    parts = {"send": send, "disconnect": lambda sid: story.append(f"{sid} cut")}
    return SessionRegistry(
        models=[],
        open_backend=lambda: FakeBackend({}),
        workers=workers,
        limits=SessionLimits(300, 60, 30),
        frames_at_once=2,
        **{"caps": SessionCaps(total=100, per_address=100), **parts, **replaced},
    )


def _small(story: list[str]) -> SessionRegistry:
    return _registry(story, CallingThread(), caps=SessionCaps(total=3, per_address=2))


def _send_frame(session: LiveSession) -> Wire:
    """Sends a frame without faces."""
    frame = DetectedFrame(640, 480, [])
    with session.admission():
        observation = FrameObservation("a", STAMP.seq)
    return session.analyze(STAMP, lambda: frame, observation)


def test_a_frame_in_work_is_acknowledged_before_its_session_ends() -> None:
    story: list[str] = []
    started, told = Event(), Event()

    class SlowThread(CallingThread):
        def run(self, work: Callable[[], AnalyzedFrame]) -> AnalyzedFrame:
            started.set()
            told.wait(10 * LAST_REPLY_SECONDS)  # In vain: the end is told after the frame.
            story.append("frame acknowledged")
            return super().run(work)

    def send(sid: str, event: str, payload: Wire) -> None:
        story.append(f"{event} to {sid}: {payload['reason']}")
        told.set()

    registry = _registry(story, SlowThread(), send=send)
    session = registry.open("a")
    with ThreadPoolExecutor() as pool:
        pool.submit(_send_frame, session)
        assert started.wait(20)
        pool.submit(registry.end_all).result(20)
    assert story == ["frame acknowledged", "session_expired to a: shutdown", "a cut"]


def test_after_its_end_a_session_takes_no_frame() -> None:
    registry = _registry([], CallingThread())
    session = registry.open("a")
    registry.end_all()
    with pytest.raises(SessionExpired):
        _send_frame(session)
    with pytest.raises(SessionExpired):
        registry.get("a")


@pytest.mark.parametrize("reason", ["idle", "ping timeout"])
def test_the_end_of_a_session_is_counted_once_by_its_reason(reason: str) -> None:
    labels = {"reason": reason.replace(" ", "_")}
    before = REGISTRY.get_sample_value("mien_sessions_ended_total", labels) or 0
    registry = _registry([], CallingThread())
    registry.open("a")
    assert REGISTRY.get_sample_value("mien_sessions") == 1

    registry.close("a", reason)
    registry.close("a", "server disconnect")

    assert REGISTRY.get_sample_value("mien_sessions_ended_total", labels) == before + 1
    assert REGISTRY.get_sample_value("mien_sessions") == 0


def test_a_connection_that_cannot_be_closed_keeps_no_other_session_alive() -> None:
    story: list[str] = []

    def fail(sid: str) -> None:
        if sid == "a":
            raise OSError("gone")
        story.append(f"{sid} cut")

    registry = _registry(story, CallingThread(), disconnect=fail)
    for sid in ("a", "b"):
        registry.open(sid)
    registry.end_all()
    assert "b cut" in story
    assert len(registry) == 0


@pytest.mark.parametrize(
    "addresses",
    [["x", "x", "x"], ["x", "y", "z", "x"], ["2001:db8::1", "2001:db8::2:3", "2001:db8::4"]],
)
def test_a_client_is_refused_while_all_sessions_are_in_use(
    addresses: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = REGISTRY.get_sample_value("mien_sessions_refused_total") or 0
    registry = _small([])
    *addresses, late = addresses
    for number, address in enumerate(addresses):
        registry.open(str(number), address)

    with pytest.raises(ServerFull) as refusal:
        registry.open("late", late)

    assert 1 <= refusal.value.retry_after_seconds <= 30
    assert REGISTRY.get_sample_value("mien_sessions_refused_total") == before + 1
    assert "MIEN_MAX_SESSIONS" in caplog.text
    assert len(registry) == len(addresses)


def test_another_address_still_gets_in() -> None:
    registry = _small([])
    for sid in ("a", "b"):
        registry.open(sid, "x")

    registry.open("c", "y")

    assert len(registry) == 3


def test_the_quietest_session_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "QUIET_SECONDS", 0)
    registry = _small([])
    registry.open("quiet", "x")
    busy = registry.open("busy", "x")
    _send_frame(busy)

    registry.open("late", "x")

    with pytest.raises(SessionExpired):
        registry.get("quiet")
    assert registry.get("busy") is busy
