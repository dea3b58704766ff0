"""Protocol version 1 over real sockets, under each server."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from face_utils.image import MAX_SIDE
from serving.contract import load_contract
from tests.support.app_process import AppProcess
from tests.support.moving_face import draw_face
from tests.web.recorder import connected

MODELS = list(load_contract())


@pytest.fixture(params=["websocket", "polling"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_session_is_told_its_models_and_limits(any_app: AppProcess) -> None:
    with connected(any_app.url) as client:
        session = client.wait_for("session")
    assert session["protocol"] == 1
    assert [model["name"] for model in session["models"]] == MODELS
    assert {model["state"] for model in session["models"]} == {"available"}
    assert session["limits"]["session_max_seconds"] == 300
    assert session["limits"]["max_side"] == MAX_SIDE
    assert session["session_id"]


def test_a_frame_is_acknowledged_with_its_face_and_predicted_by_every_model(
    any_app: AppProcess, frame: bytes, transport: str
) -> None:
    with connected(any_app.url, transport=transport) as client:
        ack = client.call("frame", {"seq": 7, "captured_at": 1234.5}, frame)
        predictions = {name: client.wait_for("prediction", model=name, seq=7) for name in MODELS}
    assert (ack["seq"], ack["status"], ack["width"], ack["height"]) == (7, "analysed", 640, 480)
    (face,) = ack["faces"]
    assert face["quality"] == {"ok": True, "reasons": []}
    assert {prediction["captured_at"] for prediction in predictions.values()} == {1234.5}
    assert [a["faces"][0]["id"] for a in predictions.values()] == [face["id"]] * len(MODELS)
    assert predictions["emotion"]["faces"][0]["label"] == "happiness"
    assert sum(predictions["emotion"]["faces"][0]["scores"].values()) == pytest.approx(1, abs=1e-4)
    assert predictions["gender"]["faces"][0]["scores"].keys() == {"female", "male"}
    age = predictions["age"]["faces"][0]
    assert age["low"] <= age["years"] <= age["high"]


def test_slow_models_respond_less_often_and_do_not_hold_up_the_fast_one(
    any_app: AppProcess, frame: bytes
) -> None:
    with connected(any_app.url) as client:
        client.call("configure", {"models": {"emotion": {"interval_ms": 0}}})
        for seq in range(8):
            client.call("frame", {"seq": seq}, frame)
            client.wait_for("prediction", model="emotion", seq=seq)
        client.wait_for("prediction", model="age")
        assert len(client.find("prediction", model="age")) == 1
        assert len(client.find("prediction", model="gender")) == 1


def test_a_face_keeps_its_number(any_app: AppProcess, frame: bytes) -> None:
    with connected(any_app.url) as client:
        numbers = {client.call("frame", {"seq": seq}, frame)["faces"][0]["id"] for seq in range(5)}
    assert len(numbers) == 1


def test_every_frame_of_a_burst_gets_one_reply_and_the_newest_wins(
    any_app: AppProcess, frame: bytes
) -> None:
    with connected(any_app.url) as client:
        for seq in range(20):
            client.send("frame", {"seq": seq}, frame)
        client.wait(lambda: len(client.acks) == 20)
    statuses = {ack["seq"]: ack["status"] for ack in client.acks}
    assert sorted(statuses) == list(range(20))
    assert statuses[19] == "analysed"
    assert set(statuses.values()) == {"analysed", "dropped"}


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_other_formats_are_read(app: AppProcess, suffix: str) -> None:
    image = cv2.imencode(suffix, draw_face(0.0))[1].tobytes()
    with connected(app.url) as client:
        assert len(client.call("frame", {"seq": 0}, image)["faces"]) == 1


def test_a_frame_without_an_ack_is_analyzed_too(any_app: AppProcess, frame: bytes) -> None:
    with connected(any_app.url) as client:
        client.socket.emit("frame", ({"seq": 3}, frame))
        assert client.wait_for("prediction", model="emotion", seq=3)


def test_boxes_are_those_of_the_upright_image(any_app: AppProcess) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 8  # Orientation: stored turned clockwise by 90 degrees.
    turned = io.BytesIO()
    stored = np.ascontiguousarray(np.rot90(draw_face(0.0), k=-1)[..., ::-1])
    Pillow.fromarray(stored).save(turned, "JPEG", exif=exif, quality=95)
    upright = cv2.imencode(".jpg", draw_face(0.0), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    with connected(any_app.url) as client:
        expected = client.call("frame", {"seq": 0}, upright)
        ack = client.call("frame", {"seq": 1}, turned.getvalue())
    assert (ack["width"], ack["height"]) == (expected["width"], expected["height"]) == (640, 480)
    assert ack["faces"][0]["box"] == pytest.approx(expected["faces"][0]["box"], abs=4)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_session_rotates_the_frames_of_a_turned_camera(any_app: AppProcess, rotate: int) -> None:
    upright, turned = draw_face(0.0), np.rot90(draw_face(0.0), k=rotate // 90)
    upright_png, turned_png = (
        cv2.imencode(".png", np.ascontiguousarray(image))[1].tobytes()
        for image in (upright, turned)
    )
    with connected(any_app.url) as client:
        expected = client.call("frame", {"seq": 0}, upright_png)
        assert client.call("configure", {"rotate": rotate})["rotate"] == rotate
        ack = client.call("frame", {"seq": 1}, turned_png)
        entry, crop = cut_out(expected["faces"][0])
        meta = {"seq": 2, "width": 640, "height": 480, "faces": [entry]}
        cut = client.call("faces", meta, crop)
    assert (ack["width"], ack["height"]) == (expected["width"], expected["height"]) == (640, 480)
    assert ack["faces"][0]["box"] == pytest.approx(expected["faces"][0]["box"], abs=1)
    assert (cut["width"], cut["height"]) == (640, 480)
    assert cut["faces"][0]["box"] == expected["faces"][0]["box"]


def test_as_many_faces_as_the_session_says_are_taken(
    any_app: AppProcess, frame: bytes, transport: str
) -> None:
    with connected(any_app.url, transport=transport) as client:
        most = client.wait_for("session")["limits"]["max_faces"]
        entry, crop = cut_out(client.call("frame", {"seq": 0}, frame)["faces"][0])
        meta = {"seq": 1, "width": 640, "height": 480, "faces": [entry] * most}
        assert len(client.call("faces", meta, *[crop] * most)["faces"]) == most


def test_faces_that_the_client_cut_out_get_the_same_predictions(
    any_app: AppProcess, frame: bytes
) -> None:
    with connected(any_app.url) as client:
        (seen,) = client.call("frame", {"seq": 0}, frame)["faces"]
        whole = client.wait_for("prediction", model="emotion", seq=0)["faces"][0]
        entry, crop = cut_out(seen)
        meta = {"seq": 1, "width": 640, "height": 480, "faces": [entry]}
        client.call("configure", {"smoothing": False, "models": {"emotion": {"interval_ms": 0}}})
        ack = client.call("faces", meta, crop)
        cut = client.wait_for("prediction", model="emotion", seq=1)["faces"][0]
    assert (ack["status"], ack["width"], ack["height"]) == ("analysed", 640, 480)
    assert ack["faces"][0]["id"] == seen["id"]
    assert ack["faces"][0]["box"] == seen["box"]
    assert cut["label"] == whole["label"]
    assert cut["confidence"] == pytest.approx(whole["confidence"], abs=0.1)


def cut_out(face: dict[str, object]) -> tuple[dict[str, object], bytes]:
    x, y, w, h = np.array(face["box"])
    side = round(1.6 * max(w, h))
    left, top = round(x + w / 2 - side / 2), round(y + h / 2 - side / 2)
    crop = draw_face(0.0)[top : top + side, left : left + side]
    entry = {key: face[key] for key in ("box", "score", "landmarks")}
    return {**entry, "crop_box": [left, top, side, side]}, cv2.imencode(".png", crop)[1].tobytes()


def test_configure_says_what_now_holds(any_app: AppProcess) -> None:
    with connected(any_app.url) as client:
        ack = client.call("configure", {"models": {"age": {"enabled": False}}, "mirror": True})
    assert ack["status"] == "ok"
    assert ack["models"]["age"] == {"enabled": False, "interval_ms": 3000}
    assert (ack["mirror"], ack["smoothing"], ack["activation"]) == (True, True, False)


def test_a_model_that_is_switched_off_is_not_asked(any_app: AppProcess, frame: bytes) -> None:
    with connected(any_app.url) as client:
        client.call("configure", {"models": {"age": {"enabled": False}}})
        client.call("frame", {"seq": 0}, frame)
        client.wait_for("prediction", model="gender")
        client.wait_for("prediction", model="emotion")
        client.call("configure", {"models": {"age": {"enabled": True}}})
        client.call("frame", {"seq": 1}, frame)
        assert client.wait_for("prediction", model="age")["seq"] == 1
