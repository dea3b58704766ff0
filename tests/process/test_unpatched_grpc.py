"""gRPC in a process that eventlet has patched, against a real server in another process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALLS = 1000

# Answers `Echo` at once and `Hold` when `Release` was called; says its port on standard output.
SERVER = """
import asyncio, sys
import grpc

async def main():
    released = asyncio.Event()

    async def echo(request, context):
        return request

    async def hold(request, context):
        await released.wait()
        return request

    async def release(request, context):
        released.set()
        return b""

    server = grpc.aio.server()
    handlers = {"Echo": echo, "Hold": hold, "Release": release}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(
        "test.Test", {n: grpc.unary_unary_rpc_method_handler(h) for n, h in handlers.items()}
    )])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()

asyncio.run(main())
"""

CLIENT = """
import json, sys, warnings
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()

from serving.hub_bridge import HubBridge
from serving.channel import open_channel
import threading

port, method, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
channel, bridge = open_channel("127.0.0.1:" + port), HubBridge()
bridge.start()
responses, ticks_at_responses, threads, ticks = [], set(), set(), 0
world = threading.get_ident()

def tick():
    global ticks
    while True:
        ticks += 1
        eventlet.sleep(0)

def call(method, body, done):
    future = channel.unary_unary("/test.Test/" + method).future(body, timeout=60)
    future.add_done_callback(lambda call: bridge.post(lambda: done(call.result())))

def responded(body):
    responses.append(int(body))
    ticks_at_responses.add(ticks)

eventlet.spawn(tick)
for number in range(count):
    call(method, str(number).encode(), responded)
if method == "Hold":
    while ticks < 100:  # Only a hub that goes on counts.
        eventlet.sleep(0.001)
    before = len(responses)
    call("Release", b"", lambda body: None)
while len(responses) < count:
    eventlet.sleep(0.001)
print(json.dumps({
    "responses": sorted(responses),
    "responses before the release": before if method == "Hold" else None,
    "moments of responses": len(ticks_at_responses),
}))
channel.close()
"""


@pytest.fixture(scope="module")
def port():
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE) as server:
        yield server.stdout.readline().decode().strip()
        server.kill()


def run_client(*arguments):
    command = [sys.executable, "-c", CLIENT, *map(str, arguments)]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_no_call_is_lost_and_the_hub_goes_on_between_the_responses(port):
    report = run_client(port, "Echo", CALLS)

    assert report["responses"] == list(range(CALLS))
    assert report["moments of responses"] > 10


def test_the_hub_goes_on_while_a_thousand_calls_wait_for_the_server(port):
    report = run_client(port, "Hold", CALLS)

    assert report["responses before the release"] == 0
    assert report["responses"] == list(range(CALLS))


def run(program):
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_in_a_patched_process_grpc_has_the_real_threads_and_all_others_the_green_ones():
    program = """
import warnings
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()
from eventlet.patcher import original
from process.unpatched_grpc import grpc
import concurrent.futures, queue, threading, time
print(grpc._channel.threading is original("threading"), grpc._channel.threading is threading)
print(threading is original("threading"), eventlet.patcher.is_monkey_patched("thread"))
"""

    assert run(program) == ["True", "False", "False", "True"]


def test_in_a_plain_process_grpc_is_imported_as_ever():
    program = """
import threading
from process.unpatched_grpc import grpc
import grpc as plain
from grpc import _channel
print(plain is grpc, _channel.threading is threading)
"""

    assert run(program) == ["True", "True"]


def test_the_patched_app_has_imported_grpc_with_the_real_threads():
    program = """
import warnings
warnings.simplefilter("ignore")
import eventlet
eventlet.monkey_patch()
from eventlet.patcher import original
import web.application
import grpc
print(grpc._channel.threading is original("threading"))
"""

    assert run(program) == ["True"]


PATCH = "import eventlet; eventlet.monkey_patch()"
TOO_EARLY = "import culprit"


@pytest.mark.parametrize("steps", [(PATCH, TOO_EARLY), (TOO_EARLY, PATCH)], ids=" ".join)
def test_a_grpc_that_was_imported_with_green_threads_is_refused(steps, tmp_path):
    (tmp_path / "culprit.py").write_text("import grpc")
    program = f"""
import sys, warnings
warnings.simplefilter("ignore")
sys.path.append({str(tmp_path)!r})
{steps[0]}
{steps[1]}
try:
    import serving.client
except ImportError as error:
    print(error)
"""

    assert " ".join(run(program)).startswith("grpc was imported by culprit before")
