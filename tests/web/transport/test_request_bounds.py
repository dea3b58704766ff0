"""Size limits of one request or packet, before and after its session is accepted."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from contextlib import closing, suppress

import pytest
import requests
import websocket

from tests.support.app_process import AppProcess
from tests.web.engineio_client import (
    OPEN_SESSION,
    PATH,
    TIMEOUT_SECONDS,
    Polling,
    is_closed,
    next_ack,
    opened_wire,
    session_on_wire,
)

TEXT = "x" * 52_000
PICTURE = "data:image/jpeg;base64," + base64.b64encode(bytes(100_000)).decode()


@pytest.mark.parametrize("ack", ["20", "51-0"])
def test_an_image_as_long_text_is_a_bad_request_and_the_session_continues(
    any_app: AppProcess, ack: str
) -> None:
    with session_on_wire(any_app) as wire:
        wire.send(f'4{ack}["frame",{{"seq":7}},{json.dumps(PICTURE)}]')
        if "-" in ack:
            wire.send_binary(b"x")
        response = next_ack(wire, 0)
        assert (response["seq"], response["status"], response["code"]) == (
            7,
            "error",
            "bad_request",
        )
        assert "binary" in str(response["message"])
        wire.send('421["configure",{}]')
        assert next_ack(wire, 1)["status"] == "ok"


def test_an_image_as_long_text_is_a_bad_request_by_long_polling_too(any_app: AppProcess) -> None:
    with closing(Polling(any_app)) as client:
        client.post(OPEN_SESSION)
        client.get()
        event = f'["frame",{{"seq":7}},{json.dumps(PICTURE)}]'
        assert client.post(f"420{event}", '421["configure",{}]') == 200
        responses = client.get()
    assert "Send the image as binary" in responses
    assert '"status":"ok"' in responses.partition("431[")[2]


def test_of_a_request_only_the_first_64_kib_of_text_are_parsed(any_app: AppProcess) -> None:
    whole, not_json = json.dumps(["configure", {TEXT: 1}]), '["configure",' + "[" * 52_000
    with closing(Polling(any_app)) as client:
        client.post(OPEN_SESSION)
        client.get()
        assert client.post(f"420{whole}", f"421{not_json}", f"422{not_json}") == 200
        responses = client.get()
        while "432[" not in responses:
            responses += client.get()
    assert responses.count('"bad_request"') == 3


def test_a_large_request_before_its_session_is_refused_unread(any_app: AppProcess) -> None:
    with closing(Polling(any_app)) as client:
        assert client.post("4" + "x" * 70_000) == 413


def test_a_message_without_end_before_its_session_is_cut_off(any_app: AppProcess) -> None:
    with opened_wire(any_app) as wire:
        wire.send_frame(websocket.ABNF(0, opcode=websocket.ABNF.OPCODE_TEXT, data=b"4" * 70_000))
        assert is_closed(wire)


def test_a_message_without_end_is_cut_off_after_an_image_s_length(any_app: AppProcess) -> None:
    with session_on_wire(any_app) as wire:
        wire.send_frame(websocket.ABNF(0, opcode=websocket.ABNF.OPCODE_BINARY, data=b"4"))
        with suppress(OSError, websocket.WebSocketException):
            for _ in range(100):
                wire.send_frame(websocket.ABNF(0, opcode=0, data=bytes(100_000)))
        assert is_closed(wire)


def test_an_image_without_end_is_cut_off_behind_its_announcement(any_app: AppProcess) -> None:
    with session_on_wire(any_app) as wire:
        wire.send('451-0["frame",{"seq":0},{"_placeholder":true,"num":0}]')
        head = b"\x82\xff" + (60_000_000).to_bytes(8) + bytes(4)
        with pytest.raises(ConnectionError):
            for part in [head, *[bytes(1_000_000)] * 30]:
                wire.sock.sendall(part)


@pytest.mark.parametrize("packet", ['42["frame"]', '451-["frame"]', "41", '43["x"]'])
def test_nothing_but_connect_comes_before_the_session(any_app: AppProcess, packet: str) -> None:
    with opened_wire(any_app) as wire:
        wire.send(packet)
        assert is_closed(wire)


def test_a_connection_ends_with_its_session(any_app: AppProcess) -> None:
    with session_on_wire(any_app) as wire:
        wire.send("41")
        wire.send(OPEN_SESSION)
        heard: list[str] = []
        with suppress(ConnectionError):  # The client confirms the close.
            while text := wire.recv():
                heard.append(str(text))
    assert not [text for text in heard if text.startswith("40")]


def test_a_connection_by_long_polling_ends_with_its_session(any_app: AppProcess) -> None:
    with closing(Polling(any_app)) as client:
        client.post(OPEN_SESSION)
        client.get()
        client.post("41", OPEN_SESSION)
        heard = client.get()
        while text := client.get():
            heard += text
    assert "40{" not in heard


@pytest.mark.parametrize("connect", ["40", "40/admin,"])
def test_a_second_session_on_a_connection_is_refused_and_costs_it_after_five(
    any_app: AppProcess, connect: str
) -> None:
    with session_on_wire(any_app) as wire:
        for _ in range(5):
            wire.send(connect)
            assert str(wire.recv()).startswith("44")
        assert is_closed(wire)


@pytest.mark.parametrize("query", ["j=0", "j=", "%6a=1"])
@pytest.mark.parametrize("method", [requests.get, requests.post])
def test_jsonp_is_refused(
    any_app: AppProcess, method: Callable[..., requests.Response], query: str
) -> None:
    with method(f"{any_app.url}{PATH}&{query}", timeout=TIMEOUT_SECONDS) as response:
        assert response.status_code == 400
        assert "___eio" not in response.text


def test_messages_of_one_connection_are_read_at_a_bounded_pace(any_app: AppProcess) -> None:
    pong = b"\x81\x81" + bytes(4) + b"3"
    with session_on_wire(any_app) as wire:
        start = time.monotonic()
        wire.sock.sendall(pong * 4_000)
        wire.send('421["configure",{}]')
        next_ack(wire, 1)
    assert time.monotonic() - start > 1.5
