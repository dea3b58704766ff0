"""Acks of success, of errors and of defects."""

from __future__ import annotations

from face_utils.errors import BadImage
from web.live.acks import acknowledge_frame


def test_it_gives_what_the_frame_gave():
    assert acknowledge_frame(lambda: {"seq": 1}, 1) == {"seq": 1}


def test_an_error_becomes_its_code_and_its_sentence():
    def fail():
        raise BadImage("The PNG is cut off.")

    assert acknowledge_frame(fail, 4) == {
        "seq": 4,
        "status": "error",
        "code": "bad_image",
        "message": "The PNG is cut off.",
    }


def test_a_defect_of_ours_goes_to_the_log_and_not_to_the_client(caplog):
    ack = acknowledge_frame(lambda: {}["secret path"], None)

    assert (ack["seq"], ack["status"], ack["code"]) == (None, "error", "internal")
    assert "secret" not in ack["message"]
    assert "secret path" in caplog.text
