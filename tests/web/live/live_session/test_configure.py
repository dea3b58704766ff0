from __future__ import annotations

import pytest

from face_utils.errors import BadRequest, RateLimited
from face_utils.session import CHANGES_PER_SECOND
from tests.web.live.live_session.scene import LEFT


class TestConfigure:
    def test_it_returns_the_new_settings(self, session):
        assert session.configure({"models": {"age": {"enabled": False}}}) == {
            "status": "ok",
            "models": {
                "emotion": {"enabled": True, "interval_ms": 100},
                "age": {"enabled": False, "interval_ms": 3000},
            },
            "smoothing": True,
            "mirror": False,
            "activation": False,
            "rotate": 0,
        }

    def test_a_model_that_is_off_is_not_asked(self, session, show, backend):
        session.configure({"models": {"age": {"enabled": False}}})

        show(LEFT)

        assert set(backend.take()) == {"emotion"}

    def test_a_model_that_is_turned_on_again_is_asked_at_once(self, session, show, backend):
        show(LEFT)
        backend.take()["age"].respond(30)
        session.configure({"models": {"age": {"enabled": False}}})
        show(LEFT)

        session.configure({"models": {"age": {"enabled": True}}})
        show(LEFT)

        assert "age" in backend.take()

    def test_a_new_interval_holds_from_the_next_frame(self, session, show, backend):
        show(LEFT)
        backend.take()["age"].respond(30)
        session.configure({"models": {"age": {"interval_ms": 200}}})

        show(LEFT)
        backend.take()["age"].respond(30)
        show(LEFT)
        assert "age" not in backend.take()
        show(LEFT)
        assert "age" in backend.take()

    def test_a_wrong_payload_changes_nothing(self, session):
        before = session.session.settings

        with pytest.raises(BadRequest):
            session.configure({"smoothing": False, "mirror": "yes"})

        assert session.session.settings is before

    def test_changes_beyond_the_rate_are_refused_and_later_ones_pass(self, session, clock):
        for _ in range(round(CHANGES_PER_SECOND)):
            session.configure({})
        held = session.session.settings

        with pytest.raises(RateLimited, match="Rate limit exceeded: 30 changes of settings/s"):
            session.configure({"smoothing": False})
        assert session.session.settings is held
        clock.advance(1.0)
        assert session.configure({"smoothing": False})["smoothing"] is False

    def test_after_a_rotation_no_face_keeps_its_number(self, session, show):
        before = show(LEFT)["faces"][0]["id"]
        session.configure({"rotate": 180})
        after = show(LEFT)["faces"][0]["id"]

        session.configure({"rotate": 180})

        assert after != before
        assert show(LEFT)["faces"][0]["id"] == after

    def test_sessions_do_not_share_settings(self, build):
        one, other = build(), build()

        one.configure({"smoothing": False})

        assert other.session.settings.smoothing is True
