from __future__ import annotations

from face_utils.session_events import FrameStamp
from tests.web.live.live_session.scene import LEFT, RIGHT, predictions, source


class TestPredictions:
    def test_a_prediction_has_the_fields_of_the_protocol(self, send, backend, sent, clock):
        send(FrameStamp(7, captured_at=123.5), source(LEFT))
        clock.advance(0.25)
        backend.take()["emotion"].respond(0.75, version=3)

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

    def test_it_carries_the_number_of_the_frame_that_was_analyzed(self, send, backend, sent):
        send(FrameStamp(1, captured_at=10), source(LEFT))
        first = backend.take()
        send(FrameStamp(2, captured_at=20), source(LEFT))

        first["age"].respond(30)

        [prediction] = predictions(sent)
        assert (prediction["seq"], prediction["captured_at"]) == (1, 10)

    def test_each_face_gets_its_own_row(self, show, backend, sent):
        show(LEFT, RIGHT)
        show(RIGHT, LEFT, seconds=3)
        backend.take()["age"].respond(20, 60)

        assert [(f["id"], f["years"]) for f in predictions(sent)[0]["faces"]] == [(1, 20), (2, 60)]

    def test_predictions_are_smoothed_over_time(self, show, backend, sent):
        for years in (20, 40):
            show(LEFT, seconds=3)
            backend.take()["age"].respond(years)

        assert [p["faces"][0]["years"] for p in predictions(sent)] == [20, 30]

    def test_without_smoothing_each_prediction_is_unchanged(self, session, show, backend, sent):
        session.configure({"smoothing": False})
        for years in (20, 40):
            show(LEFT, seconds=3)
            backend.take()["age"].respond(years)

        assert [p["faces"][0]["years"] for p in predictions(sent)] == [20, 40]

    def test_a_face_that_left_leaves_nothing_to_the_next(self, show, backend, sent):
        show(LEFT)
        backend.take()["age"].respond(20)
        show(seconds=4)
        show(seconds=4)

        show(LEFT)
        backend.take()["age"].respond(60)

        assert [(p["faces"][0]["id"], p["faces"][0]["years"]) for p in predictions(sent)] == [
            (1, 20),
            (2, 60),
        ]

    def test_a_face_that_returns_within_seconds_keeps_its_answers(self, show, backend, sent):
        show(LEFT)
        backend.take()["age"].respond(20)
        show()
        show(LEFT, seconds=3)
        backend.take()["age"].respond(60)

        assert [(p["faces"][0]["id"], p["faces"][0]["years"]) for p in predictions(sent)] == [
            (1, 20),
            (1, 40),
        ]

    def test_a_late_prediction_about_a_face_that_left_is_not_smoothed(self, show, backend, sent):
        show(LEFT)
        backend.take()["age"].respond(20)
        show(LEFT, seconds=3)
        late = backend.take()["age"]
        show(seconds=4)
        show(seconds=4)

        late.respond(60)

        assert predictions(sent)[-1]["faces"][0]["years"] == 60
