"""Start errors are reported in one plain sentence that says what to do."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.app_process import AppProcess, free_port, get_status, running_app
from tests.web.recorder import connected
from web.settings import ROOT


def _start(**settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MIEN_PORT": str(free_port()), **settings}
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"MIEN_PROT": "5000"}, "Unknown setting MIEN_PROT. Did you mean MIEN_PORT?"),
        ({"MIEN_PORT": "high"}, "MIEN_PORT='high' is wrong: must be a whole number"),
        ({"MIEN_SESSION_MAX_SECONDS": "0"}, "must be from 1 to 86400"),
        ({"MIEN_DETECTOR": "psychic"}, "must be one of auto, mien, blazeface, yunet, haar"),
        ({"MIEN_DETECTOR": "blazeface", "MIEN_BLAZEFACE": "gone"}, "Run `make setup`"),
        ({"MIEN_CONTRACT": "gone.toml"}, "gone.toml"),
        ({"MIEN_CONTRACT": ""}, "MIEN_CONTRACT='' is wrong: must not be empty"),
        ({"MIEN_MODELS": "gone"}, "gone' is not a folder"),
        (
            {"MIEN_MODEL_SERVER": "127.0.0.1:9", "MIEN_MODEL_SERVER_CA": "README.md"},
            "README.md cannot be used",
        ),
        ({"MIEN_HOST": "203.0.113.1"}, "MIEN_HOST must be an address of this machine"),
        (
            {"MIEN_HTTPS": "1", "MIEN_TLS_CERTIFICATE": "gone", "MIEN_TLS_KEY": "gone"},
            "cannot be used: No such file",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_stops_the_start_with_its_name(
    settings: dict[str, str], sentence: str
) -> None:
    result = _start(**settings)
    assert result.returncode == 3
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("setting", "what_to_do"),
    [("MIEN_PORT", "or run `make run PORT="), ("MIEN_METRICS_PORT", "or set MIEN_METRICS_PORT=")],
)
def test_a_taken_port_is_said_with_what_to_do(setting: str, what_to_do: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = _start(**{setting: str(port)})
    assert result.returncode == 3
    assert f"Port {port} is in use. Stop the other program or " in result.stderr
    assert what_to_do in result.stderr
    assert "Traceback" not in result.stderr


def test_traces_without_their_packages_stop_the_start(tmp_path: Path) -> None:
    absent = "raise ModuleNotFoundError('gone', name='opentelemetry.sdk')"
    sdk = tmp_path / "opentelemetry" / "sdk"
    sdk.mkdir(parents=True)
    (sdk / "__init__.py").write_text(absent)
    result = _start(MIEN_TRACES="otlp", PYTHONPATH=str(tmp_path))
    assert result.returncode == 3
    message = "Mien cannot start: Traces (otlp) need the package opentelemetry.sdk."
    assert message in result.stderr
    assert "make tracing" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_model_files_boxes_flow_and_the_reason_is_given(
    tmp_path: Path, frame: bytes
) -> None:
    with running_app(ready=False, MIEN_MODELS=str(tmp_path)) as app:
        app.await_status("/readyz", 503)
        with connected(app.url) as client:
            assert len(client.call("frame", {"seq": 0}, frame)["faces"]) == 1
            status = client.wait_for("session")["models"][0]
    assert status["state"] == "unavailable"
    assert status["message"].endswith(".")


@pytest.mark.parametrize(
    ("settings", "detector"),
    [({"MIEN_BLAZEFACE": "gone"}, "mien"), ({"MIEN_DETECTOR": "haar"}, "haar")],
    ids=["own", "haar"],
)
def test_without_any_detector_file_faces_are_found(
    app: AppProcess, frame: bytes, settings: dict[str, str], detector: str
) -> None:
    with (
        running_app(**settings, MIEN_MODEL_SERVER=app.model_server_target) as poor,
        connected(poor.url) as client,
    ):
        assert client.wait_for("session")["detector"] == detector
        assert len(client.call("frame", {"seq": 0}, frame)["faces"]) == 1


@pytest.mark.parametrize("command", [["app.py"], ["-m", "mien", "serve"]], ids=" ".join)
def test_a_person_who_starts_it_sees_no_log_line(app: AppProcess, command: list[str]) -> None:
    settings = {"MIEN_PORT": str(free_port()), "MIEN_MODEL_SERVER": app.model_server_target}
    environment = {**os.environ, **settings}
    environment.pop("MIEN_LOG_LEVEL", None)
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stderr
        assert next(line for line in process.stdout if line.startswith("Mien is ready: "))
        process.terminate()
        assert process.stderr.read() == ""


def test_probes_tell_alive_from_ready(app: AppProcess) -> None:
    assert get_status(f"{app.url}/healthz") == 200
    assert get_status(f"{app.url}/readyz") == 200


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_https_serves_with_a_certificate_made_on_the_spot(
    app: AppProcess, mode: str, frame: bytes, tmp_path: Path
) -> None:
    settings = {"MIEN_HTTPS": "1", "MIEN_MODEL_SERVER": app.model_server_target}
    with running_app(mode, **settings) as secure:  # type: ignore[arg-type]
        certificate = tmp_path / "certificate.pem"
        certificate.write_text(ssl.get_server_certificate(("127.0.0.1", secure.port)))
        trusting = requests.Session()
        trusting.trust_env, trusting.verify = False, str(certificate)
        with (
            socket.create_connection(("127.0.0.1", secure.port)),  # Never says a word.
            # Not by WebSocket: the client library writes to a TLS socket while it waits in a read.
            connected(secure.url, transport="polling", http_session=trusting) as client,
        ):
            assert client.call("frame", {"seq": 0}, frame)["status"] == "analysed"


def test_the_app_never_loads_the_tensorflow_runtime(app: AppProcess) -> None:
    for process in (app.process, app.model_server):
        mapped = {Path(entry.path).name for entry in process.memory_maps()}
        assert not [name for name in mapped if name.startswith("libtensorflow")]


@pytest.fixture
def terminal() -> Iterator[None]:
    """Children hear of the end of their terminal, though these tests may run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("mode", ["eventlet", "gunicorn", "threading"])
def test_a_closed_terminal_ends_the_app_and_leaves_no_file_behind(
    mode: str, tmp_path: Path
) -> None:
    with running_app(mode, TMPDIR=str(tmp_path)) as app:  # type: ignore[arg-type]
        assert list(tmp_path.glob("mien-*"))
        worker = app.process if mode != "gunicorn" else app.model_server.parent()
        assert worker is not None
        worker.send_signal(signal.SIGHUP)
        worker.wait(60)
        if mode != "gunicorn":  # Its master has a new worker already.
            assert list(tmp_path.iterdir()) == []


def test_under_nohup_a_closed_terminal_is_no_reason_to_stop() -> None:
    ignoring = "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    program = ignoring + "from process.stop_signals import stop_signals; print(*stop_signals())"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == [str(int(s)) for s in (signal.SIGTERM, signal.SIGINT)]
