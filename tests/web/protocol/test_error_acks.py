"""Errors become acks and refusals in one place."""

from __future__ import annotations

import pytest

from face_utils.errors import BadImage, MienError, ServerFull, Unauthorized
from web.protocol.acks import ConfigureError, ConnectError, FrameError


def test_a_frame_s_error_is_sent_with_its_code_and_its_sentence() -> None:
    ack = FrameError.of(BadImage("The PNG is cut off."), None).to_wire()
    assert ack == {
        "seq": None,
        "status": "error",
        "code": "bad_image",
        "message": "The PNG is cut off.",
    }
    assert list(ack) == ["seq", "status", "code", "message"]


@pytest.mark.parametrize("kind", MienError.__subclasses__())
def test_every_error_can_be_an_ack(kind: type[MienError]) -> None:
    error = kind.__new__(kind)
    error.message = "It failed."
    assert ConfigureError.of(error).to_wire() == {
        "status": "error",
        "code": kind.code,
        "message": "It failed.",
    }


def test_a_full_server_says_when_to_try_again() -> None:
    assert ConnectError.of(ServerFull("The service is full.", 12)).to_wire() == {
        "code": "server_full",
        "message": "The service is full.",
        "retry_after_seconds": 12,
    }


def test_a_refused_token_says_no_time() -> None:
    refusal = ConnectError.of(Unauthorized("The access token is wrong."))
    assert refusal.to_wire() == {"code": "unauthorized", "message": "The access token is wrong."}
