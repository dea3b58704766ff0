"""Live clients on three apps, over WebSocket and polling, while apps start and stop."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.containers.live_client import LiveClient
from tests.deploy.containers.stack import SCALE, Stack
from tests.support.moving_face import jpeg
from web.settings import ROOT

pytestmark = pytest.mark.timeout(1800)

TRANSPORTS = ("websocket", "polling")
MOST_CLIENTS = 24

Join = Callable[[str], LiveClient]


def crowd(stack: Stack, join: Join) -> dict[LiveClient, str]:
    """Clients with the ids of their apps. Each app has at least one client of each transport."""
    apps: dict[LiveClient, str] = {}
    for _ in range(MOST_CLIENTS // len(TRANSPORTS)):
        for client in [join(transport) for transport in TRANSPORTS]:
            apps[client] = stack.app_of(client.session).id
        if len({(app, client.transport) for client, app in apps.items()}) == 2 * SCALE["app"]:
            return apps
    raise AssertionError(f"{MOST_CLIENTS} clients went to these apps: {apps.values()}")


def test_clients_are_spread_over_all_apps_and_stay_there(stack: Stack, join: Join) -> None:
    for client, app in crowd(stack, join).items():
        for model in ("emotion", "age", "gender"):
            client.wait(lambda it=client, name=model: it.count("prediction", model=name))
        assert client.sessions == [client.session]
        assert stack.app_of(client.session).id == app


def test_killing_an_app_affects_only_its_own_clients(stack: Stack, join: Join) -> None:
    apps = crowd(stack, join)
    victim = stack.containers("app")[0]
    victim.do("kill")

    for client in (client for client, app in apps.items() if app == victim.id):
        client.wait(lambda it=client: len(it.sessions) == 2)
        client.wait_for_another("prediction", model="emotion")
        assert stack.app_of(client.session) != victim
    for client in (client for client, app in apps.items() if app != victim.id):
        client.wait_for_another("prediction", model="emotion")
        assert client.sessions == [client.session]
        assert {ack["status"] for ack in client.payloads("ack")} == {"analysed"}


@contextmanager
def page(stack: Stack, picture: Path) -> Iterator[Callable[..., Any]]:
    """The page's own connection. Yields a function that reads until a line with these values."""
    picture.write_bytes(jpeg(0.0))
    script = Path(__file__).with_name("page_client.mjs")
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(stack.certificate)}
    command = ["node", script, stack.url, picture]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = (json.loads(line) for line in process.stdout)

        def read_on(**wanted: str) -> Any:
            return next(line for line in lines if wanted.items() <= line.items())

        try:
            yield read_on
        finally:
            process.kill()


@pytest.mark.parametrize(("verb", "goodbye"), [("stop", "session_expired"), ("kill", "state")])
def test_the_page_reconnects_to_another_app(
    stack: Stack, tmp_path: Path, verb: str, goodbye: str
) -> None:
    with page(stack, tmp_path / "frame.jpg") as read_on:
        first = read_on(event="session")["session_id"]
        read_on(event="prediction", model="emotion")
        app = stack.app_of(first)
        app.do(verb)
        assert read_on(event=goodbye)
        second = read_on(event="session")["session_id"]
        read_on(event="prediction", model="emotion")
        assert stack.app_of(second) != app
