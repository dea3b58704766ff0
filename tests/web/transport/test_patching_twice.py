"""Every patch of `web/transport/` may be applied twice: the second time changes nothing.

The patches are applied in a process of their own, since other tests use the same libraries.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from web.settings import ROOT

PROGRAM = """
import json
from types import SimpleNamespace
from web.transport.green_threads import patch_standard_library

report = {}

def compare(name, patch, look):
    patch()
    first = look()
    patch()
    second = look()
    report[name] = [a is b for a, b in zip(first, second, strict=True)]

import threading

compare("green_threads", patch_standard_library, lambda: [threading.Thread, threading.Lock])

import engineio
from engineio import packet, socket
from eventlet import websocket
from flask import Flask
from flask_socketio import SocketIO
from gunicorn.workers import geventlet

from web.transport import background_tasks, connection_reaper, engineio_limits, gunicorn_worker
from web.transport import pings, socketio_limits, threaded_websocket
from web.transport import websocket as green_websocket
from web.transport.admission import Admission, ConnectionLimits
from web.transport.buffers import BufferBudget

socketio = SocketIO(Flask("mien"), async_mode="eventlet")
eio, budget, calls = socketio.server.eio, BufferBudget(1000), []

def count(name):
    original = getattr(type(eio), name)

    def counted(self, *arguments, **options):
        calls.append(name)
        return original(self, *arguments, **options)

    setattr(type(eio), name, counted)

compare("websocket", green_websocket.tune_websockets, lambda: [
    websocket.RFC6455WebSocket,
    websocket.WebSocketWSGI._handle_legacy_request,
    websocket.WebSocketWSGI._negotiate_permessage_deflate,
])
compare("engineio_limits", lambda: engineio_limits.limit_engineio(socketio, 16, budget), lambda: [
    packet.Packet.json,
    socket.Socket.handle_post_request,
    socket.Socket._websocket_handler,
    eio.handle_request.func,
])
compare("pings", lambda: pings.send_pings(socketio), lambda: [socket.Socket.schedule_ping])

started = []
socketio.server.start_background_task = started.append
for _ in range(2):
    pings.send_pings(socketio)
    connection_reaper.close_unauthenticated(socketio, 10)
report["tasks"] = len(started)

count("handle_request"), count("_handle_connect")
compare("connection_reaper", lambda: connection_reaper.limit_unauthenticated(socketio, 10),
        lambda: [eio._handle_connect.func])
socketio.server.on("connect", lambda sid, environ: None)
client = socketio.sockio_mw.flask_app.test_client()
opened = client.get("/socket.io/?EIO=4&transport=polling")
report["calls"] = [opened.status_code, calls]

received = []
socketio.server._handle_eio_message = lambda *message: received.append(message)
compare("socketio_limits", lambda: socketio_limits.guard_packets(socketio, budget), lambda: [
    eio.handlers["message"].func, eio.handlers["disconnect"].func])
sid = next(iter(eio.sockets))
eio.handlers["message"](sid, "0")
report["received"] = len(received)

compare("threaded_websocket", lambda: threaded_websocket.limit_websockets(socketio),
        lambda: [eio._async["websocket"]])

worker = SimpleNamespace(
    cfg=SimpleNamespace(is_ssl=False), wsgi=print,
    sockets=[SimpleNamespace(getsockname=lambda: ("127.0.0.1", 1))],
)
admission = Admission(ConnectionLimits(10, 10))
compare("gunicorn_worker", lambda: gunicorn_worker.adopt_worker(worker, admission),
        lambda: [geventlet._eventlet_serve.func, geventlet._eventlet_serve.args[0]])
print(json.dumps(report), flush=True)
"""

PATCHES = [
    "green_threads",
    "websocket",
    "engineio_limits",
    "pings",
    "connection_reaper",
    "socketio_limits",
    "threaded_websocket",
    "gunicorn_worker",
]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """What the second application of each patch finds."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("module", PATCHES)
def test_the_second_time_replaces_nothing(report: dict[str, Any], module: str) -> None:
    assert report[module]
    assert all(report[module])


def test_tasks_are_started_once(report: dict[str, Any]) -> None:
    assert report["tasks"] == 1  # That of `close_unauthenticated`; the pings are sent already.


def test_a_request_is_handled_once(report: dict[str, Any]) -> None:
    assert report["calls"] == [200, ["handle_request", "_handle_connect"]]


def test_a_packet_is_handled_once(report: dict[str, Any]) -> None:
    assert report["received"] == 1
