from __future__ import annotations

from functools import partial
from threading import Event

import pytest

from face_utils.errors import BadImage, RateLimited
from face_utils.session import SessionLimits
from face_utils.session_events import FrameStamp
from tests.web.live.live_session.conftest import send_to
from tests.web.live.live_session.scene import LEFT, RIGHT, source


class TestFrames:
    def test_a_frame_is_acknowledged_with_its_own_number_and_its_faces(self, send):
        ack = send(FrameStamp(42, 5.0), source(LEFT, RIGHT))

        assert (ack["seq"], ack["status"], ack["width"]) == (42, "analysed", 640)
        assert [face["id"] for face in ack["faces"]] == [1, 2]

    def test_the_newest_frame_takes_the_waiting_place(self, send, in_thread):
        looking, go_on = Event(), Event()

        def analyze_slowly():
            looking.set()
            go_on.wait(10)
            return source(LEFT)()

        first = in_thread(send, FrameStamp(1), analyze_slowly)
        looking.wait(10)
        second = in_thread(send, FrameStamp(2), pytest.fail).until_waiting()
        third = in_thread(send, FrameStamp(3), source(LEFT)).until_waiting()

        assert second.result() == {"seq": 2, "status": "dropped"}
        go_on.set()
        assert first.result()["status"] == "analysed"
        assert (third.result()["seq"], third.result()["status"]) == (3, "analysed")

    def test_many_frames_at_once_get_one_response_each_and_are_never_two_in_work(
        self, build, in_thread
    ):
        send = partial(send_to, build(SessionLimits(300, 60, frames_per_second=1000)))
        in_work = []

        def analyze_alone():
            in_work.append(1)
            assert in_work == [1]
            in_work.pop()
            return source(LEFT)()

        calls = [in_thread(send, FrameStamp(n), analyze_alone) for n in range(50)]

        acks = [call.result() for call in calls]
        assert [ack["seq"] for ack in acks] == list(range(50))
        assert {ack["status"] for ack in acks} <= {"analysed", "dropped"}

    def test_a_bad_frame_costs_nothing_but_itself(self, send, show, backend):
        def fail():
            raise BadImage("no picture")

        with pytest.raises(BadImage):
            send(FrameStamp(0), fail)

        assert show(LEFT)["status"] == "analysed"
        assert set(backend.take()) == {"emotion", "age"}

    def test_frames_beyond_the_rate_are_refused_and_later_ones_pass(self, build, clock):
        session = build(SessionLimits(300, 60, frames_per_second=5))
        for seq in range(5):
            session.drop(seq)

        with pytest.raises(RateLimited, match="Rate limit exceeded: 5 frames/s"):
            session.drop(5)
        clock.advance(1.0)
        session.drop(6)

    def test_a_frame_that_came_too_fast_is_not_read(self, build):
        session = build(SessionLimits(300, 60, frames_per_second=1))
        session.drop(0)

        with pytest.raises(RateLimited), session.admission():
            pytest.fail("the frame was read")
