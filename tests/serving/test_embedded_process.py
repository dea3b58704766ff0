"""The embedded server as a child process, without models."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from queue import Queue
from urllib.parse import unquote

import grpc
import psutil
import pytest

from serving import embedded_process, heartbeat
from serving.contract import CONTRACT
from serving.embedded_process import EmbeddedServer, NoEmbeddedServerError

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 30


class Line:
    """A connection to the server that notes how it goes."""

    def __init__(self, target):
        options = [
            ("grpc.enable_http_proxy", 0),
            ("grpc.min_reconnect_backoff_ms", 50),
            ("grpc.max_reconnect_backoff_ms", 200),
        ]
        self.channel = grpc.insecure_channel(target, options=options)
        self._states = Queue()
        self.channel.subscribe(self._states.put, try_to_connect=True)

    def until(self, wanted):
        while self._states.get(timeout=TIMEOUT_SECONDS) is not wanted:
            pass


@pytest.fixture
def restarts():
    return Queue()


@pytest.fixture
def server(tmp_path, restarts):
    server = EmbeddedServer(tmp_path, CONTRACT, on_restart=lambda: restarts.put(server.pid))
    server.start()
    yield server
    server.close()


@pytest.fixture
def connect():
    lines = []

    def connect_to(target):
        lines.append(Line(target))
        lines[-1].until(grpc.ChannelConnectivity.READY)
        return lines[-1]

    yield connect_to
    for line in lines:
        line.channel.close()


def test_it_runs_in_a_separate_process_until_closed(server, connect):
    connect(server.target)
    assert psutil.Process(server.pid).ppid() == os.getpid()

    server.close()

    assert not psutil.pid_exists(server.pid)


def socket_of(target):
    assert target.startswith("unix:")
    return Path(unquote(target.removeprefix("unix:")))


def test_other_users_cannot_reach_or_replace_it(server, connect):
    connect(server.target)
    folder = socket_of(server.target).parent
    listening = psutil.Process(server.pid).net_connections("inet")

    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_uid == os.getuid()
    assert listening == []


def test_closing_removes_its_folder(server, connect):
    connect(server.target)

    server.close()

    assert not socket_of(server.target).parent.exists()


@pytest.mark.parametrize("name", ["with a space", "l" * 100])
def test_any_folder_for_temporary_files_will_do(tmp_path, monkeypatch, connect, name):
    (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
    server = EmbeddedServer(tmp_path, CONTRACT)
    server.start()
    try:
        connect(server.target)
    finally:
        server.close()

    assert list((tmp_path / name).iterdir()) == []


def test_a_killed_server_restarts_at_once_at_the_same_address(server, connect, restarts, caplog):
    line, first = connect(server.target), server.pid
    assert restarts.empty()

    os.kill(first, signal.SIGKILL)

    line.until(grpc.ChannelConnectivity.IDLE)
    line.channel.subscribe(lambda _: None, try_to_connect=True)
    line.until(grpc.ChannelConnectivity.READY)
    assert restarts.get_nowait() == server.pid != first
    assert restarts.empty()
    assert "The model server exited with code -9. Restarting it in 0.5 s." in caplog.messages


def test_a_start_that_fails_is_tried_again(server, connect, monkeypatch, caplog):
    line, supervisor = connect(server.target), server._supervisor
    start, outcomes = supervisor._start, [OSError("no memory")]

    def fail_once():
        if outcomes:
            raise outcomes.pop()
        return start()

    monkeypatch.setattr(supervisor, "_start", fail_once)
    os.kill(server.pid, signal.SIGKILL)

    line.until(grpc.ChannelConnectivity.IDLE)
    line.channel.subscribe(lambda _: None, try_to_connect=True)
    line.until(grpc.ChannelConnectivity.READY)
    assert "The model server cannot be started: no memory. Trying again." in caplog.messages


def test_a_hung_server_is_killed_and_restarted(server, connect, monkeypatch, caplog):
    monkeypatch.setattr(heartbeat, "ASK_SECONDS", 0.2)
    line, first = connect(server.target), psutil.Process(server.pid)
    while not server._supervisor._heartbeat._has_responded:
        time.sleep(0.05)

    first.suspend()

    first.wait(TIMEOUT_SECONDS)
    line.until(grpc.ChannelConnectivity.IDLE)
    line.channel.subscribe(lambda _: None, try_to_connect=True)
    line.until(grpc.ChannelConnectivity.READY)
    assert "The model server does not respond. Restarting it." in caplog.messages


def test_a_killed_server_restarts_without_free_descriptors(tmp_path):
    program = f"""
import os, resource, time
from pathlib import Path
from serving.embedded_process import EmbeddedServer
from serving.contract import CONTRACT
server = EmbeddedServer(Path({str(tmp_path)!r}), CONTRACT)
server.start()
first = server.pid
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, most))
while True:
    try:
        os.open(os.devnull, os.O_RDONLY)
    except OSError:
        break
os.kill(first, 9)
while server.pid == first:
    time.sleep(0.05)
print("again", flush=True)
os._exit(0)
"""
    with python(program, tmp_path) as parent:
        out, err = parent.communicate(timeout=TIMEOUT_SECONDS)

    assert out == b"again\n", err


def test_it_does_not_get_the_settings_of_the_app(monkeypatch, tmp_path):
    monkeypatch.setenv("MIEN_ACCESS_TOKEN", "sesame")
    server = EmbeddedServer(tmp_path, CONTRACT)
    server.start()
    try:
        names = psutil.Process(server.pid).environ()
    finally:
        server.close()

    assert "PATH" in names
    assert not [name for name in names if name.startswith("MIEN_")]


def python(program, temporary):
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_parent_that_forgets_to_close_it_leaves_nothing_behind(tmp_path):
    program = f"""
from pathlib import Path
from serving.embedded_process import EmbeddedServer
from serving.contract import CONTRACT
server = EmbeddedServer(Path({str(tmp_path)!r}), CONTRACT)
server.start()
"""
    with python(program, tmp_path) as parent:
        parent.communicate(timeout=TIMEOUT_SECONDS)

    assert parent.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_it_ends_with_a_parent_that_is_killed(tmp_path, connect):
    program = f"""
from pathlib import Path
from threading import Event
from serving.embedded_process import EmbeddedServer
from serving.contract import CONTRACT
server = EmbeddedServer(Path({str(tmp_path)!r}), CONTRACT)
server.start()
print(server.target, flush=True)
Event().wait()
"""
    with python(program, tmp_path) as parent:
        connect(parent.stdout.readline().decode().strip())
        parent.kill()

        parent.communicate(timeout=TIMEOUT_SECONDS)  # The child, too, held its standard error.
        assert parent.returncode == -signal.SIGKILL


def test_no_process_runs_before_the_start(tmp_path):
    before = psutil.Process().children()
    server = EmbeddedServer(tmp_path, CONTRACT)
    assert server.pid is None
    assert psutil.Process().children() == before

    server.start()
    first = server.pid
    server.start()
    assert server.pid == first

    server.close()


def test_without_the_embedded_server_the_error_names_the_setting(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded_process, "find_spec", lambda name: None)

    with pytest.raises(NoEmbeddedServerError, match="MIEN_MODEL_SERVER=host:port"):
        EmbeddedServer(tmp_path, CONTRACT)
