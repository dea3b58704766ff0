"""Messages of clients and of a live service match the JSON Schema and the AsyncAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator, ValidationError
from pydantic import BaseModel
from socketio.exceptions import ConnectionError as ConnectionFailed

from face_utils.errors import BadRequest
from face_utils.session_settings import Configuration
from serving.contract import load_contract
from tests.support.app_process import AppProcess, running_app
from tests.web.protocol.test_protocol import cut_out
from tests.web.recorder import Recorder, connected
from web.protocol.acks import (
    Analysed,
    Configured,
    ConfigureError,
    ConnectError,
    Dropped,
    FrameError,
)
from web.protocol.client_events import FacesMeta, FrameMeta
from web.protocol.predictions import Prediction
from web.protocol.server_events import ModelStatus, Session, SessionExpired
from web.schema.documents import REFERENCE

SCHEMA = json.loads((REFERENCE / "protocol.schema.json").read_text(encoding="utf-8"))
ASYNCAPI = json.loads((REFERENCE / "protocol.asyncapi.json").read_text(encoding="utf-8"))
EVENTS = {
    "session": Session,
    "prediction": Prediction,
    "model_status": ModelStatus,
    "session_expired": SessionExpired,
}


def check_schema(payload: Any, model: type[BaseModel]) -> None:
    """Validates against the published JSON Schema."""
    schema = {**SCHEMA, "$ref": f"#/$defs/{model.__name__}"}
    Draft202012Validator(schema).validate(payload)


def check(payload: Any, model: type[BaseModel]) -> None:
    """Validates against both published documents, and against the model, which knows all keys."""
    check_schema(payload, model)
    reference = f"#/components/schemas/{model.__name__}"
    Draft7Validator({**ASYNCAPI, "$ref": reference}).validate(payload)
    # As JSON: a frozen model takes its tuples from lists there.
    model.model_validate_json(json.dumps(payload))


@contextmanager
def recorded(url: str, **options: Any) -> Iterator[Recorder]:
    """A client whose events are all checked at the end."""
    with connected(url, **options) as client:
        yield client
    for event, payload in client.events:
        if event != "disconnect":
            check(payload, EVENTS[event])


def test_the_traffic_of_a_session_fits(app: AppProcess, frame: bytes) -> None:
    with recorded(app.url) as client:
        check(client.call("configure", {"activation": True}), Configured)
        ack = client.call("frame", {"seq": 0, "captured_at": 12.5}, frame)
        check(ack, Analysed)
        for name in load_contract():
            (face,) = client.wait_for("prediction", model=name, seq=0)["faces"]
            assert "activation" in face
        entry, crop = cut_out(ack["faces"][0])
        meta = {"seq": 1, "width": 640, "height": 480, "faces": [entry]}
        check(meta, FacesMeta)
        check(client.call("faces", meta, crop), Analysed)
    assert {event for event, _ in client.events} >= {"session", "prediction"}


def test_whole_milliseconds_come_back_as_a_whole_number(app: AppProcess, frame: bytes) -> None:
    with recorded(app.url) as client:
        client.call("frame", {"seq": 0, "captured_at": 1731234567890}, frame)
        prediction = client.wait_for("prediction", seq=0)
    assert json.dumps(prediction["captured_at"]) == "1731234567890"


def test_acks_of_what_failed_fit(app: AppProcess, frame: bytes) -> None:
    with recorded(app.url) as client:
        check(client.call("frame", {"seq": 2}, b"no image"), FrameError)
        check(client.call("frame", {}, frame), FrameError)
        check(client.call("configure", {"nose": 1}), ConfigureError)
        check(client.call("identify", {}), ConfigureError)


def test_acks_of_dropped_frames_fit(app: AppProcess, frame: bytes) -> None:
    with recorded(app.url) as client:
        for seq in range(20):
            client.send("frame", {"seq": seq}, frame)
        client.wait(lambda: len(client.acks) == 20)
    kinds: dict[str, type[BaseModel]] = {"analysed": Analysed, "dropped": Dropped}
    for ack in client.acks:
        check(ack, kinds[ack["status"]])
    assert "dropped" in {ack["status"] for ack in client.acks}


def test_what_a_refused_client_is_told_fits() -> None:
    with running_app(MIEN_ACCESS_TOKEN="a-token-that-is-long-enough", MIEN_MAX_SESSIONS="1") as app:
        token = {"token": "a-token-that-is-long-enough"}
        check(refusal(app.url, {"token": "wrong"}), ConnectError)
        with recorded(app.url, auth=token):
            full = refusal(app.url, token)
    check(full, ConnectError)
    assert full["code"] == "server_full"


def refusal(url: str, auth: dict[str, str]) -> Any:
    client = Recorder()
    data: list[Any] = []
    client.socket.on("connect_error", data.append)
    with pytest.raises(ConnectionFailed):
        client.socket.connect(url, transports=["websocket"], auth=auth)
    return data[0]["data"]


FACE = {"box": [1, 2, 3, 4], "crop_box": [0, 0, 9, 9], "landmarks": [[1, 2]] * 4}
FACES = {"seq": 1, "width": 640, "height": 480, "faces": [FACE]}


@pytest.mark.parametrize(
    ("model", "payload"),
    [
        (FrameMeta, {"seq": 0}),
        (FrameMeta, {"seq": 2**53, "captured_at": None}),
        (FacesMeta, FACES),
        (FacesMeta, {**FACES, "faces": []}),
        (Configuration, {}),
        (Configuration, {"models": {"age": {"interval_ms": 99.5}}, "mirror": True}),
    ],
    ids=str,
)
def test_the_schema_accepts_what_the_service_accepts(model: Any, payload: Any) -> None:
    check(payload, model)
    assert model.read(payload, "it")


@pytest.mark.parametrize(
    ("model", "payload"),
    [
        (FrameMeta, {}),
        (FrameMeta, {"seq": -1}),
        (FrameMeta, {"seq": "1"}),
        (FrameMeta, {"seq": 2**53 + 1}),
        (FrameMeta, {"seq": 1, "nose": 2}),
        (FrameMeta, {"seq": 1, "captured_at": "now"}),
        (FacesMeta, {**FACES, "width": 0}),
        (FacesMeta, {**FACES, "faces": [{**FACE, "box": [1, 2, 3]}]}),
        (FacesMeta, {**FACES, "faces": [{**FACE, "box": [1, 2, 0, 4]}]}),
        (FacesMeta, {**FACES, "faces": [{**FACE, "landmarks": [[1, 2]]}]}),
        (FacesMeta, {**FACES, "faces": [{"box": FACE["box"]}]}),
        (Configuration, {"smoothing": None}),
        (Configuration, {"models": {"age": {"enabled": 1}}}),
        (Configuration, {"models": {"age": {"interval_ms": -1}}}),
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_service_refuses(model: Any, payload: Any) -> None:
    with pytest.raises(ValidationError):
        check_schema(payload, model)
    with pytest.raises(BadRequest):
        model.read(payload, "it")
