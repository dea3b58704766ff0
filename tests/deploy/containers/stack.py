"""The services of compose.yaml, started by `docker compose up --scale app=3`."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.containers.engine import Container, run, succeeds, wait_until
from tests.support.app_process import free_port, get_status
from web.settings import ROOT

PROJECT = "mien-test"
SCALE = {"app": 3, "model-server": 2}
START_TIMEOUT_SECONDS = 300


class Stack:
    """All services of compose.yaml.

    Args:
        folder: For the proxy's certificate.

    Attributes:
        url: The address of the proxy.
        certificate: PEM file of the certificate that it has made itself.
    """

    def __init__(self, folder: Path) -> None:
        self.https, self.http = free_port(), free_port()
        self.url = f"https://localhost:{self.https}"
        self.certificate = folder / "certificate.pem"
        self._environment = {
            **os.environ,
            "HTTPS_PORT": str(self.https),
            "HTTP_PORT": str(self.http),
            "MIEN_SESSION_MAX_SECONDS": "3600",
        }

    def compose(self, *words: str) -> str:
        """Runs `docker compose` on this stack."""
        tool = (
            ["docker", "compose"]
            if succeeds("docker", "compose", "version")
            else ["docker-compose"]
        )
        project = ("--project-name", PROJECT, "--file", "compose.yaml")
        options = {"cwd": ROOT, "env": self._environment}
        return run(*tool, *project, *words, timeout=START_TIMEOUT_SECONDS, **options)

    def up(self) -> None:
        """Starts stopped services, and waits until every app is ready."""
        self._scale(SCALE)
        wait_until(lambda: get_status(f"{self.url}/readyz") == 200, "the proxy has a ready app")
        for app in self.containers("app"):
            wait_until(lambda app=app: _is_ready(app), "every app is ready")
        self.certificate.write_text(ssl.get_server_certificate(("localhost", self.https)))

    def scale(self, service: str, count: int) -> None:
        """Scales one service, and leaves the others as they are."""
        self._scale({**SCALE, service: count})

    def _scale(self, counts: dict[str, int]) -> None:
        options = [f"--scale={service}={count}" for service, count in counts.items()]
        self.compose("up", "--detach", "--no-build", *options)

    def down(self) -> None:
        """Stops it and removes its containers, networks and volumes."""
        self.compose("down", "--volumes", "--timeout", "5")

    def containers(self, service: str) -> list[Container]:
        """The running containers of a service."""
        labels = {"project": PROJECT, "service": service}
        filters = [
            f"--filter=label=com.docker.compose.{key}={value}" for key, value in labels.items()
        ]
        return [Container(line) for line in run("docker", "ps", "--quiet", *filters).split()]

    def app_of(self, session_id: str) -> Container:
        """The app that has a session."""
        (app,) = [app for app in self.containers("app") if session_id in app.logs]
        return app


def _is_ready(app: Container) -> bool:
    program = (
        "from urllib.request import urlopen; urlopen('http://127.0.0.1:5000/readyz', timeout=2)"
    )
    return succeeds("docker", "exec", app.id, "python", "-c", program)


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """The whole stack, until the end of the tests."""
    stack = Stack(folder)
    try:
        stack.up()
        yield stack
    finally:
        stack.down()
