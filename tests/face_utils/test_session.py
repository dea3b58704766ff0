from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
import pytest

from face_utils.detection import Detection
from face_utils.errors import BadImage, BadRequest, ModelUnavailable, RateLimited, SessionExpired
from face_utils.model_spec import ModelSpec, Smoothing
from face_utils.session import Answer, FrameStamp, Session, SessionLimits, acknowledge
from face_utils.sight import SeenFace, Sight

EMOTION = ModelSpec(
    "emotion", "", 48, 0.05, "classification", ("calm", "angry"), "", 100,
    Smoothing("half_life", 0.4), unsure_below=0.6,
)  # fmt: skip
AGE = ModelSpec("age", "", 64, 0.05, "measure", (), "years", 3000, Smoothing("average", 30))
LIMITS = SessionLimits(max_seconds=300, idle_seconds=60, frames_per_second=30)

PICTURE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
LEFT, RIGHT = (50, 100, 100, 100), (400, 100, 100, 100)


@dataclass(eq=False)
class Asked:
    """One request to a model, to be answered by the test."""

    model: ModelSpec
    crops: np.ndarray
    done: object

    def answer(self, *calm, version=1):
        """Answers an emotion with the probability of calm, an age with years, one per face."""
        values = np.array(calm, np.float32)
        assert len(values) == len(self.crops)
        if self.model is EMOTION:
            outputs = {"probabilities": np.column_stack([values, 1 - values])}
        else:
            outputs = {"years": values, "low": values - 5, "high": values + 5}
        self.done(Answer(version, outputs))

    def fail(self):
        self.done(ModelUnavailable("The model server does not answer."))


class FakeBackend:
    """Models that answer when the test says so."""

    def __init__(self):
        self.asked = []
        self.down = set()

    def is_available(self, model):
        return model not in self.down

    def predict(self, model, crops, done):
        self.asked.append(Asked(model, crops, done))

    def take(self):
        """The requests since the last look, by the name of their model."""
        asked, self.asked = self.asked, []
        return {request.model.name: request for request in asked}


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
        return session.analyse(FrameStamp(next(seqs)), look(*boxes, image=image))

    return show_frame


def look(*boxes, image=PICTURE):
    faces = [SeenFace(Detection(np.array(box, np.float32), 0.9), image) for box in boxes]
    return lambda: Sight(640, 480, faces)


def predictions(sent):
    assert {event for event, _ in sent} <= {"prediction"}
    return [payload for _, payload in sent]


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
        self, build, in_thread
    ):
        session = build(SessionLimits(300, 60, frames_per_second=1000))
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
        for seq in range(5):
            session.analyse(FrameStamp(seq), look())

        with pytest.raises(RateLimited, match="At most 5 frames a second"):
            session.analyse(FrameStamp(5), pytest.fail)
        clock.advance(1.0)
        assert session.analyse(FrameStamp(6), look())["status"] == "analysed"


class TestModels:
    def test_every_model_is_asked_once_about_all_new_faces(self, show, backend):
        show(LEFT, RIGHT)

        asked = backend.take()
        assert asked["emotion"].crops.shape == (2, 48, 48)
        assert asked["age"].crops.shape == (2, 64, 64)

    def test_a_model_that_is_busy_is_skipped_for_the_frame(self, show, backend):
        show(LEFT)
        request = backend.take()["emotion"]

        show(LEFT)
        show(LEFT)
        assert backend.take() == {}
        request.answer(0.9)
        show(LEFT)
        assert set(backend.take()) == {"emotion"}

    def test_models_do_not_wait_for_each_other(self, show, backend, sent):
        show(LEFT)
        backend.take()["emotion"].answer(0.9)  # Age never answers.

        for _ in range(40):  # Its interval passes, but it is still busy.
            show(LEFT)
            asked = backend.take()
            assert set(asked) == {"emotion"}
            asked["emotion"].answer(0.9)

        assert [p["model"] for p in predictions(sent)] == ["emotion"] * 41

    def test_each_model_keeps_its_interval(self, show, backend):
        times = {"emotion": 0, "age": 0}

        for _ in range(300):
            show(LEFT)
            for name, request in backend.take().items():
                times[name] += 1
                request.answer(0.9)

        assert times == {"emotion": 300, "age": pytest.approx(30 / 3, abs=1)}

    def test_a_model_that_failed_is_asked_again_with_the_next_frame(self, show, backend, sent):
        show(LEFT)
        backend.take()["age"].fail()

        show(LEFT)

        backend.take()["age"].answer(30)
        assert [(p["seq"], p["model"]) for p in predictions(sent)] == [(1, "age")]

    def test_without_any_model_boxes_flow(self, show, backend):
        backend.down = {"emotion", "age"}

        assert len(show(LEFT)["faces"]) == 1
        assert backend.take() == {}

    def test_a_model_that_comes_back_is_asked_about_everyone_in_view(self, show, backend):
        backend.down = {"age"}
        show(LEFT, RIGHT)
        backend.take()

        backend.down = set()
        show(LEFT, RIGHT)

        assert len(backend.take()["age"].crops) == 2

    def test_a_face_that_cannot_be_judged_is_acknowledged_and_not_sent(self, show, backend):
        ack = show(LEFT, image=np.zeros_like(PICTURE))

        assert "too_dark" in ack["faces"][0]["quality"]["reasons"]
        assert backend.take() == {}


class TestPredictions:
    def test_a_prediction_has_the_fields_of_the_protocol(self, session, backend, sent, clock):
        session.analyse(FrameStamp(7, captured_at=123.5), look(LEFT))
        clock.advance(0.25)
        backend.take()["emotion"].answer(0.75, version=3)

        assert sent == [
            (
                "prediction",
                {
                    "seq": 7,
                    "model": "emotion",
                    "version": 3,
                    "latency_ms": 250.0,
                    "captured_at": 123.5,
                    "faces": [
                        {
                            "id": 1,
                            "label": "calm",
                            "confidence": 0.75,
                            "scores": {"calm": 0.75, "angry": 0.25},
                        }
                    ],
                },
            )
        ]

    def test_it_carries_the_number_of_the_frame_that_was_looked_at(self, session, backend, sent):
        session.analyse(FrameStamp(1, captured_at=10), look(LEFT))
        first = backend.take()
        session.analyse(FrameStamp(2, captured_at=20), look(LEFT))

        first["age"].answer(30)

        [prediction] = predictions(sent)
        assert (prediction["seq"], prediction["captured_at"]) == (1, 10)

    def test_each_face_gets_its_own_row(self, show, backend, sent):
        show(LEFT, RIGHT)
        show(RIGHT, LEFT, seconds=3)
        backend.take()["age"].answer(20, 60)

        assert [(f["id"], f["years"]) for f in predictions(sent)[0]["faces"]] == [(1, 20), (2, 60)]

    def test_answers_are_smoothed_over_time(self, show, backend, sent):
        for years in (20, 40):
            show(LEFT, seconds=3)
            backend.take()["age"].answer(years)

        assert [p["faces"][0]["years"] for p in predictions(sent)] == [20, 30]

    def test_without_smoothing_each_answer_is_given_as_it_is(self, session, show, backend, sent):
        session.configure({"smoothing": False})
        for years in (20, 40):
            show(LEFT, seconds=3)
            backend.take()["age"].answer(years)

        assert [p["faces"][0]["years"] for p in predictions(sent)] == [20, 40]

    def test_a_face_that_left_leaves_nothing_to_the_next(self, show, backend, sent):
        show(LEFT)
        backend.take()["age"].answer(20)
        show(seconds=1)
        show(seconds=1)

        show(LEFT)
        backend.take()["age"].answer(60)

        assert [(p["faces"][0]["id"], p["faces"][0]["years"]) for p in predictions(sent)] == [
            (1, 20),
            (2, 60),
        ]

    def test_a_late_answer_about_a_face_that_left_finds_nothing_of_it(self, show, backend, sent):
        show(LEFT)
        backend.take()["age"].answer(20)
        show(LEFT, seconds=3)
        late = backend.take()["age"]
        show(seconds=2)
        show()

        late.answer(60)

        assert predictions(sent)[-1]["faces"][0]["years"] == 60


class TestConfigure:
    def test_it_tells_what_now_holds(self, session):
        assert session.configure({"models": {"age": {"enabled": False}}}) == {
            "models": {
                "emotion": {"enabled": True, "interval_ms": 100},
                "age": {"enabled": False, "interval_ms": 3000},
            },
            "smoothing": True,
            "mirror": False,
        }

    def test_a_model_that_is_off_is_not_asked(self, session, show, backend):
        session.configure({"models": {"age": {"enabled": False}}})

        show(LEFT)

        assert set(backend.take()) == {"emotion"}

    def test_a_model_that_is_turned_on_again_is_asked_at_once(self, session, show, backend):
        show(LEFT)
        backend.take()["age"].answer(30)
        session.configure({"models": {"age": {"enabled": False}}})
        show(LEFT)

        session.configure({"models": {"age": {"enabled": True}}})
        show(LEFT)

        assert "age" in backend.take()

    def test_a_new_interval_holds_from_the_next_frame(self, session, show, backend):
        show(LEFT)
        backend.take()["age"].answer(30)
        session.configure({"models": {"age": {"interval_ms": 200}}})

        show(LEFT)
        backend.take()["age"].answer(30)
        show(LEFT)
        assert "age" not in backend.take()
        show(LEFT)
        assert "age" in backend.take()

    def test_a_wrong_payload_changes_nothing(self, session):
        before = session.settings

        with pytest.raises(BadRequest):
            session.configure({"smoothing": False, "mirror": "yes"})

        assert session.settings is before

    def test_sessions_do_not_share_settings(self, build):
        one, other = build(), build()

        one.configure({"smoothing": False})

        assert other.settings.smoothing is True


class TestEnd:
    @pytest.mark.parametrize(("seconds", "reason"), [(59, None), (60, "idle"), (300, "lifetime")])
    def test_a_session_expires_when_it_is_idle_or_too_old(self, session, clock, seconds, reason):
        clock.advance(seconds)

        assert session.expiry() == reason

    def test_frames_keep_a_session_from_being_idle_but_not_from_growing_old(
        self, session, show, clock
    ):
        for _ in range(9):
            show(seconds=30)
            assert session.expiry() is None

        show(seconds=30)
        assert session.expiry() == "lifetime"

    def test_a_closed_session_takes_no_frame(self, session):
        session.close()

        with pytest.raises(SessionExpired):
            session.analyse(FrameStamp(0), pytest.fail)

    def test_a_closed_session_sends_no_late_answer(self, session, show, backend, sent):
        show(LEFT)
        requests = backend.take()
        session.close()

        requests["emotion"].answer(0.9)
        requests["age"].fail()

        assert sent == []

    def test_closing_sends_the_waiting_frame_away(self, session, in_thread):
        looking, go_on = Event(), Event()

        def look_long():
            looking.set()
            go_on.wait(10)
            return look()()

        in_work = in_thread(session.analyse, FrameStamp(1), look_long)
        looking.wait(10)
        waiting = in_thread(session.analyse, FrameStamp(2), pytest.fail).until_waiting()

        session.close()

        with pytest.raises(SessionExpired):
            waiting.result()
        go_on.set()
        with pytest.raises(SessionExpired):
            in_work.result()

    def test_a_session_that_is_closed_while_a_frame_is_in_work_asks_no_model(
        self, session, backend
    ):
        def look_and_close():
            session.close()
            return look(LEFT)()

        with pytest.raises(SessionExpired):
            session.analyse(FrameStamp(0), look_and_close)

        assert backend.take() == {}


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
