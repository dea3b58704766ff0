from __future__ import annotations

import numpy as np
import pytest

from tests.web.live.live_session.scene import IMAGE, LEFT, RIGHT, predictions


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
        request.respond(0.9)
        show(LEFT)
        assert set(backend.take()) == {"emotion"}

    def test_models_do_not_wait_for_each_other(self, show, backend, sent):
        show(LEFT)
        backend.take()["emotion"].respond(0.9)  # Age never responds.

        for _ in range(40):  # Its interval passes, but it is still busy.
            show(LEFT)
            asked = backend.take()
            assert set(asked) == {"emotion"}
            asked["emotion"].respond(0.9)

        assert [p["model"] for p in predictions(sent)] == ["emotion"] * 41

    def test_each_model_keeps_its_interval(self, show, backend):
        times = {"emotion": 0, "age": 0}

        for _ in range(300):
            show(LEFT)
            for name, request in backend.take().items():
                times[name] += 1
                request.respond(0.9)

        assert times == {"emotion": 300, "age": pytest.approx(30 / 3, abs=1)}

    def test_a_model_that_failed_is_asked_again_with_the_next_frame(self, show, backend, sent):
        show(LEFT)
        backend.take()["age"].fail()

        show(LEFT)

        backend.take()["age"].respond(30)
        assert [(p["seq"], p["model"]) for p in predictions(sent)] == [(1, "age")]

    def test_boxes_flow_without_any_model(self, show, backend):
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

    def test_a_face_that_cannot_be_assessed_is_acknowledged_and_not_sent(self, show, backend):
        ack = show(LEFT, image=np.zeros_like(IMAGE))

        assert "too_dark" in ack["faces"][0]["quality"]["reasons"]
        assert backend.take() == {}
