"""The settings reach each session."""

from __future__ import annotations

from face_utils.session import SessionLimits
from web.service import session_limits
from web.settings import read_settings


def test_the_limits_of_a_session_follow_from_the_settings() -> None:
    settings = read_settings(
        {
            "MIEN_SESSION_MAX_SECONDS": "100",
            "MIEN_SESSION_IDLE_SECONDS": "20",
            "MIEN_MAX_FRAMES_PER_SECOND": "12",
            "MIEN_MAX_FACES": "7",
            "MIEN_TRACK_MEMORY_SECONDS": "8.5",
        }
    )

    assert session_limits(settings) == SessionLimits(100, 20, 12, 7, 8.5)
