"""Images that are built once, and all services of compose.yaml running."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.deploy.containers.engine import HAPROXY, PYTHON, build, need_base, need_engine
from tests.deploy.containers.live_client import LiveClient
from tests.deploy.containers.stack import Stack, running_stack


@pytest.fixture(scope="session")
def engine() -> None:
    """Requires a container engine and Python's base image."""
    need_engine()
    need_base(PYTHON)


@pytest.fixture(scope="session")
def app_image(engine: None) -> str:
    return build("app")


@pytest.fixture(scope="session")
def model_server_image(engine: None) -> str:
    return build("model-server")


@pytest.fixture(scope="session")
def tf_serving_image(engine: None) -> str:
    """Uses Python's image instead of TensorFlow Serving's, which is large."""
    options = ("--build-arg", f"TF_SERVING={PYTHON}")
    return build("tf-serving", *options, tag="mien-tf-serving:stand-in")


@pytest.fixture(scope="session")
def started_stack(
    app_image: str, model_server_image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    need_base(HAPROXY)
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture
def stack(started_stack: Stack) -> Stack:
    """All services, with those restarted that an earlier test killed."""
    started_stack.up()
    return started_stack


@pytest.fixture
def join(stack: Stack) -> Iterator[Callable[[str], LiveClient]]:
    """Lets one more client connect."""
    clients: list[LiveClient] = []

    def one_more(transport: str) -> LiveClient:
        clients.append(LiveClient(stack.url, stack.certificate, transport))
        clients[-1].wait_for_another("ack", status="analysed")
        return clients[-1]

    yield one_more
    for client in clients:
        client.close()
