from __future__ import annotations

import pytest

from tests.web.live.live_session.scene import LEFT, RIGHT, predictions

HERE, THERE = [[[1, 0], [0, 0]]], [[[0, 0], [1, 0]]]
"""Maps of one row: the evidence for calm is at the left, or at the right."""


@pytest.fixture
def explain(session):
    session.configure({"activation": True})


class TestActivation:
    def test_activation_is_requested_only_if_the_client_enables_it(self, show, backend, sent):
        show(LEFT)
        asked = backend.take()
        asked["emotion"].respond(0.9)

        assert [request.activation for request in asked.values()] == [False, False]
        assert "activation" not in predictions(sent)[0]["faces"][0]

    @pytest.mark.usefixtures("explain")
    def test_activation_is_requested_only_from_models_that_have_it(self, show, backend):
        show(LEFT)

        asked = backend.take()
        assert (asked["emotion"].activation, asked["age"].activation) == (True, False)

    @pytest.mark.usefixtures("explain")
    def test_each_face_has_the_square_of_its_crop_and_its_evidence(self, show, backend, sent):
        show(LEFT, RIGHT)
        backend.take()["emotion"].respond(0.9, 0.9, maps=[HERE, THERE])

        left, right = predictions(sent)[0]["faces"]
        assert left["activation"] == {"square": [100.0, 150.0, 110.0, 0.0], "grid": [[1.0, 0.0]]}
        assert right["activation"] == {"square": [450.0, 150.0, 110.0, 0.0], "grid": [[0.0, 1.0]]}

    @pytest.mark.usefixtures("explain")
    def test_it_explains_the_smoothed_prediction_but_is_not_smoothed(self, show, backend, sent):
        show(LEFT)
        backend.take()["emotion"].respond(0.9, maps=[HERE])
        show(LEFT)
        backend.take()["emotion"].respond(0.4, maps=[THERE])

        face = predictions(sent)[1]["faces"][0]
        assert face["label"] == "calm"
        assert face["activation"]["grid"] == [[0.0, 1.0]]

    @pytest.mark.usefixtures("explain")
    def test_it_belongs_to_the_frame_that_was_analyzed(self, show, backend, sent):
        show(LEFT)
        late = backend.take()["emotion"]
        show((60, 110, 100, 100))

        late.respond(0.9, maps=[HERE])

        assert predictions(sent)[0]["faces"][0]["activation"]["square"][:2] == [100.0, 150.0]

    @pytest.mark.usefixtures("explain")
    def test_it_can_be_turned_off_again(self, session, show, backend):
        session.configure({"activation": False})

        show(LEFT)

        assert backend.take()["emotion"].activation is False
