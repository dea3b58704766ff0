"""Two app processes behind one port."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest
import requests
from socketio.exceptions import ConnectionError as ConnectionFailed

from tests.support.app_process import AppProcess, free_port, get_status, running_app
from tests.support.members import await_members, members, owner
from tests.web.engineio_client import OPEN_SESSION, PATH, TIMEOUT_SECONDS
from tests.web.raw_http import connect, read_all, trust_all
from tests.web.recorder import connected
from web.settings import ROOT

PROCESSES = "2"


@pytest.fixture(scope="module")
def service(app: AppProcess) -> Iterator[AppProcess]:
    """A service whose models are those of another one."""
    target = app.model_server_target
    with running_app(MIEN_PROCESSES=PROCESSES, MIEN_MODEL_SERVER=target) as process:
        await_members(process, 2)
        yield process


@pytest.fixture(scope="module")
def secure_service(app: AppProcess) -> Iterator[AppProcess]:
    settings = {"MIEN_MODEL_SERVER": app.model_server_target, "MIEN_HTTPS": "1"}
    with running_app(MIEN_PROCESSES=PROCESSES, **settings) as process:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while len({owner(open_polling(process.port, trust_all())) for _ in range(2)}) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process


def open_sids(service: AppProcess, count: int) -> list[str]:
    """Sids of sessions that are open at the same time."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(service.url)) for _ in range(count)]
        return [str(client.wait_for("session")["session_id"]) for client in clients]


def test_sessions_are_spread_evenly(service: AppProcess) -> None:
    assert Counter(map(owner, open_sids(service, 6))) == {"0": 3, "1": 3}


@pytest.mark.parametrize("transport", ["polling", "websocket", None])
def test_frames_are_analyzed_by_every_transport(
    service: AppProcess, frame: bytes, transport: str | None
) -> None:
    options = {"transport": transport} if transport else {}
    for _ in range(2):
        with connected(service.url, **options) as client:
            client.wait_for("session")
            for seq in range(3):
                assert client.call("frame", {"seq": seq}, frame)["status"] == "analysed"
            assert client.wait_for("prediction")


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_polling_client_may_use_a_new_connection_for_each_request(
    service: AppProcess, secure_service: AppProcess, tls: bool
) -> None:
    port, context = (secure_service.port, trust_all()) if tls else (service.port, None)
    sid = open_polling(port, context)
    assert once(port, f"POST {PATH}&sid={sid}", OPEN_SESSION, context).startswith("HTTP/1.1 200")
    event = '42["configure",{}]'
    for _ in range(6):  # Of each two connections, one comes to the other process.
        assert once(port, f"POST {PATH}&sid={sid}", event, context).startswith("HTTP/1.1 200")
    assert f'40{{"sid":"{owner(sid)}.' in once(port, f"GET {PATH}&sid={sid}", tls=context)


def open_polling(port: int, tls: ssl.SSLContext | None) -> str:
    """Opens an Engine.IO connection, and returns its sid."""
    opened = once(port, f"GET {PATH}", tls=tls)
    return opened.partition('"sid":"')[2].partition('"')[0]


def once(port: int, request: str, body: str = "", tls: ssl.SSLContext | None = None) -> str:
    """The response to one request on a connection of its own."""
    head = f"{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += f"Content-Length: {len(body)}\r\n" if body else ""
    with connect(port) as plain, ExitStack() as stack:
        wire = stack.enter_context(tls.wrap_socket(plain)) if tls else plain
        wire.sendall(f"{head}\r\n{body}".encode())
        return read_all(wire).decode()


def test_a_session_that_no_process_has_is_refused(service: AppProcess) -> None:
    for sid in ("0.unknown", "1.unknown", "7.unknown", "unknown", ".", "\u0661.unknown"):
        response = requests.get(f"{service.url}{PATH}&sid={sid}", timeout=TIMEOUT_SECONDS)
        assert response.status_code == 400


def test_a_process_that_was_killed_is_started_again(service: AppProcess, frame: bytes) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(service.url)) for _ in range(2)]
        by_owner = {owner(c.wait_for("session")["session_id"]): c for c in clients}
        first, second = members(service)
        second.kill()
        assert by_owner["0"].call("frame", {"seq": 0}, frame)["status"] == "analysed"
        assert get_status(f"{service.url}/healthz") == 200
        by_owner["1"].wait_for("disconnect")
        assert by_owner["0"].call("frame", {"seq": 1}, frame)["status"] == "analysed"
    await_members(service, 2)
    assert members(service)[0] == first
    assert members(service)[1] != second


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_processes_end_with_their_parent(app: AppProcess, number: signal.Signals) -> None:
    target = app.model_server_target
    with running_app(MIEN_PROCESSES=PROCESSES, MIEN_MODEL_SERVER=target) as service:
        await_members(service, 2)
        family = service.process.children(recursive=True)
        assert len(family) == 2
        service.process.send_signal(number)
        _, alive = psutil.wait_procs(family, timeout=TIMEOUT_SECONDS)
        assert not alive


def test_one_model_server_is_shared_and_limits_are_too(frame: bytes) -> None:
    port = 0
    while not port or port + 1 == free_port():
        port = free_port()
    settings = {"MIEN_MAX_SESSIONS": "2", "MIEN_METRICS_PORT": str(port)}
    with running_app(MIEN_PROCESSES=PROCESSES, **settings) as service:
        await_members(service, 2)
        children = service.process.children(recursive=True)
        assert len([each for each in children if "serving" in each.cmdline()]) == 1
        with connected(service.url) as one, connected(service.url) as other:
            for client in (one, other):
                client.call("frame", {"seq": 0}, frame)
                assert client.wait_for("prediction")
            with pytest.raises(ConnectionFailed), connected(service.url):
                pass
            pages = [
                requests.get(f"http://127.0.0.1:{port + index}/metrics", timeout=5).text
                for index in range(2)
            ]
            assert all("\nmien_sessions 1.0\n" in page for page in pages)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"MIEN_CONTRACT": "gone.toml"}, "gone.toml"),
        ({"MIEN_ASYNC_MODE": "threading"}, "MIEN_PROCESSES needs MIEN_ASYNC_MODE=eventlet"),
        ({"MIEN_PROCESSES": "many"}, "must be a whole number, 1 to 128, or auto"),
    ],
)
def test_what_prevents_the_start_is_said_once(settings: dict[str, str], sentence: str) -> None:
    environment = {"MIEN_PROCESSES": "3", "MIEN_PORT": str(free_port()), **settings}
    result = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 3
    assert result.stderr.count("Mien cannot start") == 1
    assert sentence in result.stderr
