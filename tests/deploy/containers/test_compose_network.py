"""Reachability between the services of compose.yaml and from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.deploy.containers.engine import (
    PYTHON,
    Container,
    inspect,
    running,
    succeeds,
    wait_until,
)
from tests.deploy.containers.stack import PROJECT, Stack

pytestmark = pytest.mark.timeout(1800)

INNER = {"app": (5000, 9100), "model-server": (8500, 8501)}


@pytest.fixture
def outsider() -> Iterator[Container]:
    """A container outside the stack."""
    with running(PYTHON, "--network=bridge", command=("sleep", "infinity")) as container:
        yield container


def this_machine(outsider: Container) -> str:
    """The address of this machine for a container outside the stack."""
    networks = inspect("container", outsider.id)["NetworkSettings"]["Networks"]
    return str(networks["bridge"]["Gateway"])


def reaches(container: Container, host: str, port: int) -> bool:
    program = f"import socket; socket.create_connection(({host!r}, {port}), 2)"
    return succeeds("docker", "exec", container.id, "python", "-c", program)


def test_the_proxy_is_reached_from_outside(stack: Stack, outsider: Container) -> None:
    assert reaches(outsider, this_machine(outsider), stack.https)


@pytest.mark.parametrize("service", INNER)
def test_only_the_proxy_is_reachable_from_outside(
    stack: Stack, outsider: Container, service: str
) -> None:
    containers = stack.containers(service)
    assert containers
    for container in containers:
        assert not container.published
        for address in container.addresses:
            assert not [port for port in INNER[service] if reaches(outsider, address, port)]


def test_the_app_reaches_model_servers_and_nothing_outside(
    stack: Stack, outsider: Container
) -> None:
    app = stack.containers("app")[0]
    assert reaches(app, "model-server", 8500)
    assert not reaches(app, this_machine(outsider), stack.https)


def test_the_proxy_does_not_reach_model_servers(stack: Stack) -> None:
    inside = networks_of(stack, "model-server")
    assert inside
    assert not inside & networks_of(stack, "proxy")


def networks_of(stack: Stack, service: str) -> set[str]:
    (container, *_) = stack.containers(service)
    return set(inspect("container", container.id)["NetworkSettings"]["Networks"])


def test_plain_http_redirects_to_https(stack: Stack) -> None:
    answer = requests.get(f"http://localhost:{stack.http}/?a=b", allow_redirects=False, timeout=10)
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{stack.url}/?a=b"


def test_acme_challenges_are_routed_to_the_acme_client(stack: Stack) -> None:
    url = f"http://localhost:{stack.http}/.well-known/acme-challenge/some"
    options = (f"--network={PROJECT}_outside", "--network-alias=acme")

    def answerer() -> str:
        return requests.get(url, timeout=10).headers.get("Server", "")

    with running(PYTHON, *options, command=("python", "-m", "http.server", "8402")):
        wait_until(lambda: "SimpleHTTP" in answerer(), "the challenge is passed on")


def test_a_page_of_another_origin_may_not_connect(stack: Stack) -> None:
    for origin, status in ((stack.url, 200), ("https://elsewhere.example", 400)):
        answer = requests.get(
            f"{stack.url}/socket.io/?EIO=4&transport=polling",
            headers={"Origin": origin},
            verify=str(stack.certificate),
            timeout=10,
        )
        assert answer.status_code == status


def test_the_cookie_is_secure_and_http_only(stack: Stack) -> None:
    with requests.Session() as session:
        session.get(f"{stack.url}/healthz", verify=str(stack.certificate), timeout=10)
        (cookie,) = session.cookies
    assert cookie.name == "mien"
    assert cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")
