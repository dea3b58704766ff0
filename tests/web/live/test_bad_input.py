"""Invalid input of a client gives that client one error and affects no other client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.support.app_process import AppProcess
from tests.web.recorder import Recorder, connected


@pytest.fixture(scope="module")
def neighbour(app: AppProcess) -> Iterator[Recorder]:
    """A client that does nothing wrong."""
    with connected(app.url) as client:
        yield client


def _random_bytes(count: int) -> bytes:
    return np.random.default_rng(1).bytes(count)


BAD_FRAMES: dict[str, tuple[tuple[Any, ...], str]] = {
    "random bytes": (({"seq": 1}, _random_bytes(3000)), "bad_image"),
    "no bytes": (({"seq": 1}, b""), "bad_image"),
    "text for an image": (({"seq": 1}, "hello"), "bad_request"),
    "no image": (({"seq": 1},), "bad_request"),
    "nothing": ((), "bad_request"),
    "too many arguments": (({"seq": 1}, b"x", b"y"), "bad_request"),
    "a list for the object": (([1], b"x"), "bad_request"),
    "no seq": (({}, b"x"), "bad_request"),
    "a negative seq": (({"seq": -1}, b"x"), "bad_request"),
    "a text seq": (({"seq": "1"}, b"x"), "bad_request"),
    "a true seq": (({"seq": True}, b"x"), "bad_request"),
    "a huge seq": (({"seq": 2**60}, b"x"), "bad_request"),
    "an unknown key": (({"seq": 1, "nose": 2}, b"x"), "bad_request"),
    "a text time": (({"seq": 1, "captured_at": "now"}, b"x"), "bad_request"),
    "more bytes than the limit": (({"seq": 1}, _random_bytes(2_200_000)), "image_too_large"),
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_a_bad_frame_gets_one_error_and_the_next_frame_is_analysed(
    app: AppProcess, neighbour: Recorder, frame: bytes, name: str
) -> None:
    payload, code = BAD_FRAMES[name]
    neighbour.forget()
    with connected(app.url) as client:
        ack = client.call("frame", *payload)
        assert (ack["status"], ack["code"]) == ("error", code)
        assert ack["message"].endswith(".")
        assert client.call("frame", {"seq": 2}, frame)["status"] == "analysed"
    assert neighbour.call("frame", {"seq": 0}, frame)["status"] == "analysed"
    assert {event for event, _ in neighbour.events} <= {"prediction"}


def test_a_cut_off_image_is_a_bad_image(app: AppProcess, frame: bytes) -> None:
    with connected(app.url) as client:
        ack = client.call("frame", {"seq": 5}, frame[: len(frame) // 2])
    assert (ack["seq"], ack["code"]) == (5, "bad_image")


BAD_FACES: dict[str, dict[str, Any]] = {
    "no size": {"width": None},
    "a huge size": {"width": 10**6},
    "fewer faces than crops": {"faces": []},
    "faces that are no list": {"faces": {}},
    "a face that is no object": {"faces": [1]},
    "a box of three": {"faces": [{"box": [1, 2, 3], "crop_box": [0, 0, 9, 9]}]},
    "a flat box": {"faces": [{"box": [1, 2, 0, 5], "crop_box": [0, 0, 9, 9]}]},
    "a box far outside": {"faces": [{"box": [1e9, 2, 5, 5], "crop_box": [0, 0, 9, 9]}]},
    "one landmark": {"faces": [{"box": [1, 2, 5, 5], "crop_box": [0, 0, 9, 9], "landmarks": [1]}]},
    "a crop that is not square": {"faces": [{"box": [1, 2, 5, 5], "crop_box": [0, 0, 9, 9]}]},
}


@pytest.mark.parametrize("name", BAD_FACES)
def test_bad_faces_get_one_error(app: AppProcess, frame: bytes, name: str) -> None:
    meta = {"seq": 1, "width": 640, "height": 480, **BAD_FACES[name]}
    with connected(app.url) as client:
        ack = client.call("faces", meta, frame)
    assert (ack["seq"], ack["status"], ack["code"]) == (1, "error", "bad_request")


@pytest.mark.parametrize(
    "payload",
    [
        {"nose": 1},
        {"models": {"shoe_size": {"enabled": True}}},
        {"models": {"age": {"interval_ms": -1}}},
        {"models": {"age": {"interval_ms": "fast"}}},
        {"models": {"age": 5}},
        {"smoothing": "yes"},
        [],
        None,
    ],
    ids=str,
)
def test_bad_settings_get_one_error_and_change_nothing(app: AppProcess, payload: Any) -> None:
    with connected(app.url) as client:
        before = client.call("configure", {})
        ack = client.call("configure", payload)
        assert (ack["status"], ack["code"]) == ("error", "bad_request")
        assert client.call("configure", {}) == before


def test_an_unknown_event_gets_an_error(app: AppProcess) -> None:
    with connected(app.url) as client:
        ack = client.call("identify", {"who": "me"})
    assert (ack["status"], ack["code"]) == ("error", "bad_request")
    assert "identify" in ack["message"]


def test_thousands_of_frames_at_once_get_one_reply_each(app: AppProcess, frame: bytes) -> None:
    with connected(app.url) as client, connected(app.url) as other:
        for seq in range(2000):
            client.send("frame", {"seq": seq}, frame[:200] if seq % 2 else frame)
        assert other.call("frame", {"seq": 0}, frame)["status"] == "analysed"
        client.wait(lambda: len(client.acks) == 2000)
    assert sorted(ack["seq"] for ack in client.acks) == list(range(2000))
    codes = {ack.get("code") for ack in client.acks if ack["status"] == "error"}
    assert "rate_limited" in codes
    assert codes <= {"rate_limited", "bad_image"}


def test_a_client_that_vanishes_mid_frame_leaves_the_others_alone(
    app: AppProcess, frame: bytes
) -> None:
    with connected(app.url) as other:
        with connected(app.url) as client:
            client.socket.emit("frame", ({"seq": 0}, frame))
            # The connection is cut without a good-bye.
            client.socket.eio.ws.sock.close()
        assert other.call("frame", {"seq": 0}, frame)["status"] == "analysed"
        assert other.wait_for("prediction", model="emotion", seq=0)
