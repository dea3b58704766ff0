from __future__ import annotations

from threading import Event

import pytest

from face_utils.errors import SessionExpired
from face_utils.session_events import FrameStamp
from tests.web.live.live_session.scene import LEFT, source


class TestEnd:
    @pytest.mark.parametrize(("seconds", "reason"), [(59, None), (60, "idle"), (300, "lifetime")])
    def test_a_session_expires_when_it_is_idle_or_too_old(self, session, clock, seconds, reason):
        clock.advance(seconds)

        assert session.session.expiry(clock()) == reason

    def test_frames_keep_a_session_from_being_idle_but_not_from_growing_old(
        self, session, show, clock
    ):
        for _ in range(9):
            show(seconds=30)
            assert session.session.expiry(clock()) is None

        show(seconds=30)
        assert session.session.expiry(clock()) == "lifetime"

    def test_a_closed_session_takes_no_frame(self, session, send):
        session.close()

        with pytest.raises(SessionExpired):
            session.drop(0)
        with pytest.raises(SessionExpired):
            send(FrameStamp(0), pytest.fail)

    def test_a_closed_session_sends_no_late_prediction(self, session, show, backend, sent):
        show(LEFT)
        requests = backend.take()
        session.close()

        requests["emotion"].respond(0.9)
        requests["age"].fail()

        assert sent == []

    def test_closing_drops_the_waiting_frame(self, session, send, in_thread):
        looking, go_on = Event(), Event()

        def analyze_slowly():
            looking.set()
            go_on.wait(10)
            return source()()

        in_work = in_thread(send, FrameStamp(1), analyze_slowly)
        looking.wait(10)
        waiting = in_thread(send, FrameStamp(2), pytest.fail).until_waiting()

        session.close()

        with pytest.raises(SessionExpired):
            waiting.result()
        go_on.set()
        with pytest.raises(SessionExpired):
            in_work.result()

    def test_a_session_that_is_closed_while_a_frame_is_in_work_asks_no_model(
        self, session, send, backend
    ):
        def analyze_and_close():
            session.close()
            return source(LEFT)()

        with pytest.raises(SessionExpired):
            send(FrameStamp(0), analyze_and_close)

        assert backend.take() == {}
