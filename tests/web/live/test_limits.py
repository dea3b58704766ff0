"""Limits of connecting, of session time and of rates."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import socketio
import websocket

from tests.support.app_process import AppProcess, running_app
from tests.web.recorder import connected

FRIEND = "https://friend.example"


@pytest.fixture(scope="module")
def strict_app(app: AppProcess) -> Iterator[AppProcess]:
    """An app with short sessions and a token; it uses the other app's model server."""
    with running_app(
        MIEN_MODEL_SERVER=app.model_server_target,
        MIEN_SESSION_MAX_SECONDS="3",
        MIEN_SESSION_IDLE_SECONDS="1.5",
        MIEN_ACCESS_TOKEN="open sesame",
        MIEN_ALLOWED_ORIGINS=FRIEND,
        MIEN_MAX_FRAMES_PER_SECOND="5",
    ) as process:
        yield process


TOKEN = {"token": "open sesame"}


def test_an_idle_session_is_told_and_ended(strict_app: AppProcess) -> None:
    with connected(strict_app.url, auth=TOKEN) as client:
        notice = client.wait_for("session_expired")
        assert notice["reason"] == "idle"
        assert client.wait_for("disconnect")


def test_a_session_ends_at_its_time_limit_however_busy_it_is(
    strict_app: AppProcess, frame: bytes
) -> None:
    with connected(strict_app.url, auth=TOKEN) as client:
        seq = 0
        while not client.find("session_expired"):
            client.send("frame", {"seq": seq}, frame)
            seq += 1
            client.wait(lambda: len(client.acks) == seq or client.find("session_expired"))  # noqa: B023
        assert client.find("session_expired")[0]["reason"] == "lifetime"
        assert client.wait_for("disconnect")


def test_frames_faster_than_the_limit_are_refused(strict_app: AppProcess, frame: bytes) -> None:
    with connected(strict_app.url, auth=TOKEN) as client:
        for seq in range(10):
            client.send("frame", {"seq": seq}, frame)
        client.wait(lambda: len(client.acks) == 10)
    assert "rate_limited" in {ack.get("code") for ack in client.acks}


@pytest.mark.parametrize(
    ("event", "code"), [("frame", "bad_request"), ("faces", "bad_request"), ("configure", None)]
)
def test_events_that_bring_no_good_frame_have_a_limit_too(
    strict_app: AppProcess, event: str, code: str | None
) -> None:
    with connected(strict_app.url, auth=TOKEN) as client:
        for _ in range(300):
            client.send(event, {})
        client.wait(lambda: len(client.acks) == 300)
    assert {ack.get("code") for ack in client.acks} == {code, "rate_limited"}


@pytest.mark.parametrize("auth", [None, {"token": "guess"}, {"token": 5}, "open sesame"], ids=str)
def test_a_wrong_token_is_refused(strict_app: AppProcess, auth: object) -> None:
    client = socketio.Client(reconnection=False)
    refusals: list[dict[str, str]] = []
    client.on("connect_error", refusals.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(strict_app.url, auth=auth, transports=["websocket"])
    assert refusals[0]["data"]["code"] == "unauthorized"  # type: ignore[index]


def test_the_token_may_come_as_a_header(strict_app: AppProcess) -> None:
    headers = {"Authorization": "Bearer open sesame"}
    with connected(strict_app.url, headers=headers) as client:
        assert client.wait_for("session")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_page_of_another_origin_may_not_connect(app: AppProcess, transport: str) -> None:
    client = socketio.Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(app.url, headers={"Origin": "https://evil.example"}, transports=[transport])


def test_the_services_own_page_and_allowed_origins_may_connect(
    strict_app: AppProcess,
) -> None:
    for origin in (strict_app.url, FRIEND):
        with connected(
            strict_app.url, transport="polling", auth=TOKEN, headers={"Origin": origin}
        ) as client:
            assert client.wait_for("session")


def test_a_message_far_over_the_limit_ends_only_its_senders_connection(
    app: AppProcess, frame: bytes
) -> None:
    with connected(app.url) as client, connected(app.url) as other:
        client.socket.emit("frame", ({"seq": 0}, bytes(8_000_000)))
        assert client.wait_for("disconnect")
        assert other.call("frame", {"seq": 0}, frame)["status"] == "analysed"


def test_a_message_in_fragments_without_end_is_cut_off(app: AppProcess) -> None:
    with connected(app.url) as client:
        wire = client.socket.eio.ws
        wire.send_frame(websocket.ABNF(0, opcode=websocket.ABNF.OPCODE_BINARY, data=b"x"))
        with pytest.raises((OSError, websocket.WebSocketException)):
            for _ in range(1000):
                wire.send_frame(websocket.ABNF(0, opcode=0, data=bytes(100_000)))
        assert client.wait_for("disconnect")


def test_more_crops_than_the_limit_are_an_error(app: AppProcess) -> None:
    with connected(app.url) as client:
        meta = {"seq": 0, "width": 640, "height": 480, "faces": [{}] * 17}
        ack = client.call("faces", meta, *[b"x"] * 17)
    assert (ack["seq"], ack["code"]) == (0, "bad_request")


def test_crops_together_may_be_no_larger_than_a_frame(app: AppProcess) -> None:
    crop = cv2.imencode(".png", np.zeros((2880, 2880, 3), np.uint8))[1].tobytes()
    face = {"box": [0, 0, 100, 100], "crop_box": [0, 0, 100, 100]}
    with connected(app.url) as client:
        meta = {"seq": 0, "width": 640, "height": 480, "faces": [face] * 3}
        assert client.call("faces", meta, *[crop] * 3)["code"] == "image_too_large"
        meta = {"seq": 1, "width": 640, "height": 480, "faces": [face] * 3}
        assert client.call("faces", meta, *[bytes(800_000)] * 3)["code"] == "image_too_large"


def test_an_event_that_announces_attachments_without_end_costs_the_connection(
    app: AppProcess,
) -> None:
    with connected(app.url) as client:
        client.socket.eio.send('5999999999-["frame",{"_placeholder":true,"num":0}]')
        assert client.wait_for("disconnect")


def test_attachments_that_are_too_large_together_cost_the_connection(app: AppProcess) -> None:
    with connected(app.url) as client:
        client.socket.eio.send('560-["frame",{"_placeholder":true,"num":0}]')
        for _ in range(59):
            client.socket.eio.send(bytes(100_000))
        assert client.wait_for("disconnect")


@pytest.mark.parametrize("name", ["connect", "disconnect", "*"])
def test_a_client_cannot_call_the_handlers_of_the_library(
    app: AppProcess, frame: bytes, name: str
) -> None:
    with connected(app.url) as client:
        client.call("frame", {"seq": 0}, frame)
        assert client.call(name, {})["code"] == "bad_request"
        assert client.call("frame", {"seq": 1}, frame)["status"] == "analysed"
        assert len(client.find("session")) == 1


def test_the_connection_is_confirmed_before_anything_else_is_said(any_app: AppProcess) -> None:
    address = any_app.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    wire = websocket.create_connection(address, timeout=20)
    try:
        assert wire.recv().startswith("0")
        wire.send("40")
        assert wire.recv().startswith("40")
        assert wire.recv().startswith('42["session"')
    finally:
        wire.shutdown()


def test_the_page_may_load_nothing_from_elsewhere(app: AppProcess) -> None:
    with urllib.request.urlopen(f"{app.url}/") as response:
        policy = response.headers["Content-Security-Policy"]
        page = response.read().decode()
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "https://" not in page.replace("http://www.w3.org", "")
