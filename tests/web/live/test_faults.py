"""The model server dies, hangs or restarts under load: boxes flow, predictions come back."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.support.app_process import AppProcess, running_app
from tests.web.recorder import Recorder, connected

MODELS = ("emotion", "age", "gender")
PACE_SECONDS = 0.1
LONGEST_SECONDS = 60.0
MEASURED_FRAMES = 40


@pytest.fixture(scope="module", params=["eventlet", "gunicorn", "threading"])
def fragile_app(request: pytest.FixtureRequest) -> Iterator[AppProcess]:
    """An app whose model server may be hurt."""
    with running_app(request.param, MIEN_MODEL_TIMEOUT_SECONDS="0.3") as process:
        yield process


class Stream:
    """A client that sends one frame after the other."""

    def __init__(self, client: Recorder, frame: bytes) -> None:
        self.client, self._frame, self.seq = client, frame, 0

    def step(self) -> None:
        """Sends one frame and waits for its acknowledgement, which must show the face."""
        ack = self.client.call("frame", {"seq": self.seq}, self._frame)
        assert ack["status"] == "error" or len(ack["faces"]) == 1
        assert ack.get("code") in {None, "rate_limited"}
        self.seq += 1

    def until(self, event: str, **wanted: object) -> None:
        """Streams until an event of this kind comes."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            if self.client.find(event, **wanted):
                return
            self.step()
        raise AssertionError(f"{event} {wanted} did not come")

    def rate(self) -> float:
        """Boxes per second of a client that sends a frame each tenth of a second if it can."""
        start = time.monotonic()
        for number in range(1, MEASURED_FRAMES + 1):
            self.step()
            time.sleep(max(0.0, start + number * PACE_SECONDS - time.monotonic()))
        return MEASURED_FRAMES / (time.monotonic() - start)


@pytest.fixture
def stream(fragile_app: AppProcess, frame: bytes) -> Iterator[Stream]:
    fragile_app.await_status("/readyz")
    with connected(fragile_app.url) as client:
        stream = Stream(client, frame)
        for model in MODELS:
            stream.until("prediction", model=model)
        client.forget()
        yield stream


def test_a_killed_model_server_is_started_again_while_boxes_flow(
    fragile_app: AppProcess, stream: Stream
) -> None:
    fragile_app.model_server.kill()
    for state in ("unavailable", "available"):
        for model in MODELS:
            stream.until("model_status", model=model, state=state)
    stream.client.forget()
    stream.until("prediction", model="emotion")


def test_a_hanging_model_server_slows_no_client_down_and_comes_back(
    fragile_app: AppProcess, stream: Stream
) -> None:
    before, server = stream.rate(), fragile_app.model_server
    server.send_signal(signal.SIGSTOP)
    try:
        during = stream.rate()
        assert stream.client.find("model_status", model="emotion", state="unavailable")
    finally:
        server.send_signal(signal.SIGCONT)
    assert during > 0.8 * before
    stream.client.forget()
    stream.until("prediction", model="emotion")


def test_a_model_server_that_hangs_for_good_is_replaced(
    fragile_app: AppProcess, stream: Stream
) -> None:
    hung = fragile_app.model_server
    hung.send_signal(signal.SIGSTOP)
    hung.wait(60)
    stream.client.forget()
    stream.until("model_status", model="emotion", state="available")
    stream.until("prediction", model="emotion")


def test_a_new_client_is_told_at_once_that_the_models_are_away(
    fragile_app: AppProcess, stream: Stream, frame: bytes
) -> None:
    server = fragile_app.model_server
    server.send_signal(signal.SIGSTOP)
    try:
        for model in MODELS:
            stream.until("model_status", model=model, state="unavailable")
        with connected(fragile_app.url) as client:
            states = {m["state"] for m in client.wait_for("session")["models"]}
            assert states == {"unavailable"}
            assert len(client.call("frame", {"seq": 0}, frame)["faces"]) == 1
    finally:
        server.send_signal(signal.SIGCONT)
    for model in MODELS:
        stream.until("model_status", model=model, state="available")


@pytest.mark.parametrize("mode", ["eventlet", "gunicorn", "threading"])
def test_the_model_server_ends_with_a_killed_app(mode: str) -> None:
    with running_app(mode) as app:  # type: ignore[arg-type]
        server = app.model_server
        for process in [*app.process.children(recursive=True), app.process]:
            if process != server:
                process.kill()
        _, alive = psutil.wait_procs([server], timeout=20)
    assert not alive


@pytest.mark.parametrize("mode", ["eventlet", "gunicorn", "threading"])
def test_stopping_the_app_tells_every_session(mode: str, frame: bytes) -> None:
    with running_app(mode) as app, connected(app.url) as client:  # type: ignore[arg-type]
        client.call("frame", {"seq": 0}, frame)
        assert app.stop() == 0
        assert client.wait_for("session_expired")["reason"] == "shutdown"
