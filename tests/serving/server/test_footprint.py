"""Memory and imports of the model server."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import grpc
import numpy as np
import psutil

from tests.serving.server.server_process import address

ROOT = Path(__file__).parents[3]
IMAGE = {"image": np.zeros((1, 16, 16, 1), np.uint8)}


def test_it_holds_no_tensorflow_and_little_memory(start, models, client_of):
    process = start("--models", models)
    client = client_of(address(process))
    client.predict("mood", {"image": np.zeros((128, 16, 16, 1), np.uint8)})
    proc = Path("/proc") / str(process.pid)

    maps = (proc / "maps").read_text()
    assert not [f for f in find_spec("tensorflow").submodule_search_locations if f in maps]
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", (proc / "status").read_text())[1])
    assert peak < 260 * 1024


def test_large_messages_leave_no_memory_behind(start, models, client_of, refusal):
    process = start("--models", models)
    client = client_of(address(process))
    client.predict("mood", IMAGE)
    held = psutil.Process(process.pid).memory_info().rss
    request = client.request("mood", {"image": np.zeros((60 * 2**20 // 256, 16, 16, 1), np.uint8)})

    calls = [client.prediction.Predict.future(request) for _ in range(12)]

    assert {call.code() for call in calls} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert psutil.Process(process.pid).memory_info().rss - held < 30 * 2**20


def test_the_messages_load_without_tensorflow():
    code = "import serving.__main__, sys; sys.exit('tensorflow' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
