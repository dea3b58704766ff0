from __future__ import annotations

from threading import Event

import pytest

from face_utils.errors import BadImage, RateLimited
from face_utils.results import FrameStamp
from face_utils.session import SessionLimits, acknowledge
from tests.face_utils.session.scene import LEFT, RIGHT, look


class TestFrames:
    def test_a_frame_is_acknowledged_with_its_own_number_and_its_faces(self, session):
        ack = session.analyse(FrameStamp(42, 5.0), look(LEFT, RIGHT))

        assert (ack["seq"], ack["status"], ack["width"]) == (42, "analysed", 640)
        assert [face["id"] for face in ack["faces"]] == [1, 2]

    def test_the_newest_frame_takes_the_waiting_place(self, session, in_thread):
        looking, go_on = Event(), Event()

        def look_long():
            looking.set()
            go_on.wait(10)
            return look(LEFT)()

        first = in_thread(session.analyse, FrameStamp(1), look_long)
        looking.wait(10)
        second = in_thread(session.analyse, FrameStamp(2), pytest.fail).until_waiting()
        third = in_thread(session.analyse, FrameStamp(3), look(LEFT)).until_waiting()

        assert second.result() == {"seq": 2, "status": "dropped"}
        go_on.set()
        assert first.result()["status"] == "analysed"
        assert (third.result()["seq"], third.result()["status"]) == (3, "analysed")

    def test_many_frames_at_once_get_one_answer_each_and_are_never_two_in_work(
        self, session, in_thread
    ):
        in_work = []

        def look_alone():
            in_work.append(1)
            assert in_work == [1]
            in_work.pop()
            return look(LEFT)()

        calls = [in_thread(session.analyse, FrameStamp(n), look_alone) for n in range(50)]

        acks = [call.result() for call in calls]
        assert [ack["seq"] for ack in acks] == list(range(50))
        assert {ack["status"] for ack in acks} <= {"analysed", "dropped"}

    def test_a_bad_frame_costs_nothing_but_itself(self, session, show, backend):
        def fail():
            raise BadImage("no picture")

        with pytest.raises(BadImage):
            session.analyse(FrameStamp(0), fail)

        assert show(LEFT)["status"] == "analysed"
        assert set(backend.take()) == {"emotion", "age"}

    def test_frames_beyond_the_rate_are_refused_and_later_ones_pass(self, build, clock):
        session = build(SessionLimits(300, 60, frames_per_second=5))
        for _ in range(5):
            session.admit()

        with pytest.raises(RateLimited, match="Rate limit exceeded: 5 frames/s"):
            session.admit()
        clock.advance(1.0)
        session.admit()


class TestAcknowledge:
    def test_it_gives_what_the_frame_gave(self):
        assert acknowledge({"seq": 1}, lambda: {"seq": 1}) == {"seq": 1}

    def test_an_error_becomes_its_code_and_its_sentence(self):
        def fail():
            raise BadImage("The PNG is cut off.")

        assert acknowledge({"seq": 4}, fail) == {
            "seq": 4,
            "status": "error",
            "code": "bad_image",
            "message": "The PNG is cut off.",
        }

    def test_a_defect_of_ours_goes_to_the_log_and_not_to_the_client(self, caplog):
        ack = acknowledge({"seq": None}, lambda: {}["secret path"])

        assert (ack["seq"], ack["status"], ack["code"]) == (None, "error", "internal")
        assert "secret" not in ack["message"]
        assert "secret path" in caplog.text
