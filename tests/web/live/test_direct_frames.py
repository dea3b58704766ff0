"""Frames that the reader of a WebSocket takes itself, on a raw wire."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import websocket

from tests.support.app_process import AppProcess, running_app
from tests.web.engineio_client import next_ack, session_on_wire
from web.transport.frame_packets import FrameEvent, read_frame_event

PLACEHOLDER = '{"_placeholder":true,"num":0}'
PONG = "3"


@pytest.fixture(scope="module")
def eventlet_app() -> Iterator[AppProcess]:
    with running_app("eventlet") as app:
        yield app


@pytest.fixture
def wire(eventlet_app: AppProcess) -> Iterator[websocket.WebSocket]:
    with session_on_wire(eventlet_app) as wire:
        yield wire


def announce(number: str, about: object, name: str = "frame") -> str:
    return f'451-{number}["{name}",{json.dumps(about)},{PLACEHOLDER}]'


def test_a_frame_is_acknowledged_under_its_number(wire: websocket.WebSocket, frame: bytes) -> None:
    wire.send(announce("7", {"seq": 3}))
    wire.send_binary(frame)
    ack = next_ack(wire, 7)
    assert (ack["seq"], ack["status"]) == (3, "analysed")


def test_predictions_follow_their_ack(wire: websocket.WebSocket, frame: bytes) -> None:
    wire.send(announce("7", {"seq": 3, "captured_at": 5}))
    wire.send_binary(frame)
    assert wire.recv().startswith("437[")
    name, prediction = json.loads(str(wire.recv())[2:])
    assert (name, prediction["seq"], prediction["captured_at"]) == ("prediction", 3, 5)


def test_a_frame_without_a_number_gets_predictions_and_no_ack(
    wire: websocket.WebSocket, frame: bytes
) -> None:
    wire.send(announce("", {"seq": 3}))
    wire.send_binary(frame)
    assert wire.recv().startswith('42["prediction"')


@pytest.mark.parametrize(
    ("about", "code"),
    [({"seq": -1}, "bad_request"), ("7", "bad_request"), ({"seq": 1}, "bad_image")],
)
def test_a_bad_frame_gets_an_error_and_the_next_one_its_faces(
    wire: websocket.WebSocket, frame: bytes, about: object, code: str
) -> None:
    wire.send(announce("0", about))
    wire.send_binary(b"no image")
    assert next_ack(wire, 0)["code"] == code
    wire.send(announce("1", {"seq": 2}))
    wire.send_binary(frame)
    assert next_ack(wire, 1)["status"] == "analysed"


def test_a_pong_between_a_frame_and_its_image_is_no_image(
    wire: websocket.WebSocket, frame: bytes
) -> None:
    wire.send(announce("0", {"seq": 1}))
    wire.send(PONG)
    wire.send_binary(frame)
    assert next_ack(wire, 0)["status"] == "analysed"


def test_an_image_as_text_is_refused(wire: websocket.WebSocket) -> None:
    wire.send(announce("0", {"seq": 1}))
    wire.send("4aW1hZ2U=")
    assert "binary" in str(next_ack(wire, 0)["message"])


def test_an_event_that_follows_a_frame_comes_after_it(
    wire: websocket.WebSocket, frame: bytes
) -> None:
    wire.send(announce("0", {"seq": 1}))
    wire.send_binary(frame)
    wire.send('421["configure",{"smoothing":false}]')
    assert next_ack(wire, 1)["status"] == "ok"


def test_a_frame_with_one_image_as_its_second_argument_is_read() -> None:
    assert read_frame_event(announce("12", {"seq": 1})) == FrameEvent("frame", {"seq": 1}, "12")


@pytest.mark.parametrize(
    "text",
    [
        announce("1", {"seq": 1}, "wave"),
        f'451-1["frame",{PLACEHOLDER},{PLACEHOLDER}]',
        f'451-1["frame",{PLACEHOLDER}]',
        f'451-1["frame",{{"seq":1}},{PLACEHOLDER},2]',
        '451-1["frame",{"seq":1},{"_placeholder":true,"num":1}]',
        f'451-1["frame",{{"seq":1}},{PLACEHOLDER}',
        f'452-1["faces",{{"seq":1}},{PLACEHOLDER}]',
    ],
)
def test_anything_unusual_is_left_to_the_library(text: str) -> None:
    assert read_frame_event(text) is None
