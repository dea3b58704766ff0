"""Metrics, log lines and traces of a running app, under each server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import websocket
from prometheus_client.parser import text_string_to_metric_families

from tests.support.app_process import AppProcess, free_port, get_status, running_app
from tests.web.collector import Collector, collecting
from tests.web.recorder import Recorder, connected

OPENER = build_opener(ProxyHandler({}))
TOKEN = "s3cret"
PREDICT = "tensorflow.serving.PredictionService/Predict"


@dataclass
class ObservedApp:
    """An app with all that can be seen of it."""

    app: AppProcess
    metrics_port: int
    log: Path
    collector: Collector

    def value(self, metric: str, **labels: str) -> float:
        """Sum of a metric over all series with these labels."""
        with OPENER.open(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=20) as page:
            families = list(text_string_to_metric_families(page.read().decode()))
        samples = [sample for family in families for sample in family.samples]
        return sum(
            sample.value
            for sample in samples
            if sample.name == metric and labels.items() <= sample.labels.items()
        )

    def lines(self) -> list[dict[str, object]]:
        """All lines of the log so far, app and model server."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="module", params=["eventlet", "gunicorn", "threading"])
def observed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ObservedApp]:
    path = tmp_path_factory.mktemp("operations") / "log"
    settings = {
        "MIEN_METRICS_PORT": str(port := free_port()),
        "MIEN_ACCESS_TOKEN": TOKEN,
        "MIEN_LOG_FORMAT": "json",
        "MIEN_LOG_LEVEL": "INFO",
        "MIEN_TRACES": "otlp",
        "OTEL_BSP_SCHEDULE_DELAY": "50",
    }
    with collecting() as collector, path.open("w") as log:
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{collector.port}"
        with running_app(request.param, log=log, **settings) as app:
            yield ObservedApp(app, port, path, collector)


@pytest.fixture
def client(observed: ObservedApp) -> Iterator[Recorder]:
    with connected(observed.app.url, auth={"token": TOKEN}) as client:
        yield client


def test_a_frame_and_its_predictions_are_counted(
    observed: ObservedApp, client: Recorder, frame: bytes
) -> None:
    series: list[tuple[str, dict[str, str]]] = [
        ("mien_frames_total", {"status": "analysed"}),
        ("mien_frame_stage_seconds_count", {"stage": "detect"}),
        ("mien_frame_stage_seconds_count", {"stage": "total"}),
        ("mien_frame_faces_sum", {}),
    ]
    before = [observed.value(name, **labels) for name, labels in series]

    client.call("frame", {"seq": 0}, frame)
    for model in ("emotion", "age", "gender"):
        client.wait_for("prediction", model=model)

    after = [observed.value(name, **labels) for name, labels in series]
    assert [a - b for a, b in zip(after, before, strict=True)] == [1, 1, 1, 1]
    assert observed.value("mien_sessions") >= 1
    for model in ("emotion", "age", "gender"):
        assert observed.value("mien_model_available", model=model) == 1
        assert observed.value("mien_model_calls_total", model=model) >= 1
        assert observed.value("mien_model_latency_seconds_count", model=model) >= 1
        assert observed.value("mien_prediction_age_seconds_count", model=model) >= 1


def test_an_error_is_counted_by_its_code(observed: ObservedApp, client: Recorder) -> None:
    labels = {"status": "error", "code": "bad_image"}
    before = observed.value("mien_frames_total", **labels)

    client.call("frame", {"seq": 0}, b"not an image")

    assert observed.value("mien_frames_total", **labels) == before + 1


def test_sessions_are_counted_from_their_start_to_their_end(observed: ObservedApp) -> None:
    opened, ended = "mien_sessions_opened_total", "mien_sessions_ended_total"
    before = observed.value(opened), observed.value(ended)

    with connected(observed.app.url, auth={"token": TOKEN}):
        assert observed.value(opened) == before[0] + 1

    while observed.value(ended) == before[1]:  # The server learns of it a moment later.
        pass
    assert observed.value(ended) == before[1] + 1


def test_a_session_ends_when_its_client_sends_an_invalid_packet(
    observed: ObservedApp,
) -> None:
    address = observed.app.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    wire = websocket.create_connection(address, timeout=20)
    with closing(wire.sock):
        wire.send(f'40{{"token": "{TOKEN}"}}')
        while not wire.recv().startswith('42["session"'):
            pass
        before = observed.value("mien_sessions_ended_total")
        wire.send("x")
        with suppress(websocket.WebSocketConnectionClosedException):
            while wire.recv():
                pass
        assert observed.value("mien_sessions_ended_total") == before + 1


def test_memory_and_processor_time_are_shown(observed: ObservedApp) -> None:
    assert observed.value("process_resident_memory_bytes") > 0
    assert observed.value("process_cpu_seconds_total") > 0


def test_the_metrics_port_has_no_page_for_other_host_names(observed: ObservedApp) -> None:
    address = f"http://127.0.0.1:{observed.metrics_port}/metrics"
    with OPENER.open(address, timeout=20) as page:
        assert page.headers["X-Content-Type-Options"] == "nosniff"
    rebound = Request(address, headers={"Host": "rebound.example.com"})
    with pytest.raises(HTTPError, match="421"):
        OPENER.open(rebound, timeout=20)


def test_the_service_s_own_port_shows_no_metrics(observed: ObservedApp) -> None:
    assert get_status(f"{observed.app.url}/metrics") == 404


def test_every_line_of_the_log_is_json_without_the_token(observed: ObservedApp) -> None:
    get_status(f"{observed.app.url}/?token={TOKEN}")

    loggers = {str(line["logger"]) for line in observed.lines()}

    assert {"web.service", "serving.server.repository"} <= loggers
    assert TOKEN not in observed.log.read_text()


def test_lines_about_a_session_name_it(observed: ObservedApp, client: Recorder) -> None:
    session = client.wait_for("session")["session_id"]

    messages = [line["message"] for line in observed.lines() if line.get("session_id") == session]

    assert messages[0].startswith("Session opened")


def test_a_trace_goes_from_the_frame_through_the_model_server(
    observed: ObservedApp, client: Recorder, frame: bytes
) -> None:
    session = client.wait_for("session")["session_id"]
    client.call("frame", {"seq": 7}, frame)
    client.wait_for("prediction", model="emotion")

    collector = observed.collector
    root = collector.wait_for("frame", frame=f"{session}/7")
    asked = collector.wait_for("predict emotion", parent=root.id)
    responded = collector.wait_for(PREDICT, parent=asked.id)
    stages = [collector.wait_for(name, parent=root.id) for name in ("decode", "detect")]

    assert {span.trace for span in (asked, responded, *stages)} == {root.trace}
    assert root.about["mien.status"] == "analysed"
    assert (root.service, responded.service) == ("mien-app", "mien-model-server")
    assert all(0 < stage.milliseconds < root.milliseconds for stage in stages)


def test_a_collector_that_hangs_holds_up_no_frame(
    observed: ObservedApp, client: Recorder, frame: bytes
) -> None:
    observed.collector.go_on.clear()
    observed.collector.asked.clear()
    try:
        client.call("frame", {"seq": 0}, b"not an image")
        assert observed.collector.asked.wait(30)
        assert client.call("frame", {"seq": 1}, frame)["status"] == "analysed"
    finally:
        observed.collector.go_on.set()
