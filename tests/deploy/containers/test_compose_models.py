"""Model servers of compose.yaml share the calls, stop and return."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.deploy.containers.engine import Container, wait_until
from tests.deploy.containers.live_client import LiveClient
from tests.deploy.containers.stack import SCALE, Stack

pytestmark = pytest.mark.timeout(1800)

METRICS = "http://127.0.0.1:8501/monitoring/prometheus/metrics"
SHARE = 30

Join = Callable[[str], LiveClient]


def calls(server: Container) -> int:
    """Counts the calls that a model server has answered."""
    program = f"from urllib.request import urlopen; print(urlopen({METRICS!r}).read().decode())"
    counts = re.findall(
        r"^:tensorflow:serving:request_count\{.*\} ([\d.]+)", server.python(program), re.MULTILINE
    )
    return sum(int(float(count)) for count in counts)


def test_calls_are_spread_over_all_model_servers(stack: Stack, join: Join) -> None:
    servers = stack.containers("model-server")
    assert len(servers) == SCALE["model-server"]
    before = {server: calls(server) for server in servers}
    join("websocket")
    for server in servers:
        wait_until(lambda it=server: calls(it) >= before[it] + SHARE, "it gets its share")


def test_a_model_server_that_is_added_later_gets_its_share(stack: Stack, join: Join) -> None:
    known = stack.containers("model-server")
    join("websocket")
    stack.scale("model-server", SCALE["model-server"] + 1)
    (added,) = set(stack.containers("model-server")) - set(known)
    wait_until(lambda: added.health == "healthy" and calls(added) >= SHARE, "it gets its share")


def test_boxes_continue_without_model_servers_and_predictions_return(
    stack: Stack, join: Join
) -> None:
    client = join("websocket")
    client.wait_for_another("prediction", model="emotion")
    servers = stack.containers("model-server")
    for server in servers:
        server.do("kill")
    client.wait(lambda: client.count("model_status", model="emotion", state="unavailable"))
    client.wait_for_another("ack", status="analysed")
    for server in servers:
        server.do("start")
    client.wait(lambda: client.count("model_status", model="emotion", state="available"))
    client.wait_for_another("prediction", model="emotion")
    assert client.sessions == [client.session]
    assert {ack["status"] for ack in client.payloads("ack")} == {"analysed"}
