"""The container engine behind `docker`, and the containers on it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from web.settings import ROOT

TIMEOUT_SECONDS = 180.0
BUILD_TIMEOUT_SECONDS = 1500.0
PYTHON = "python:3.11-slim-bookworm"
HAPROXY = "haproxy:2.6-bookworm"
# Where no registry is reached, this makes stand-ins for base images: tag, packages and command.
_STAND_INS = ROOT.parent / "shared" / "tools" / "container-lab"
_MADE_OF = {HAPROXY: ("haproxy", "haproxy -f /etc/haproxy/haproxy.cfg")}

HARDENED = (
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges:true",
)


def run(*words: object, timeout: float = TIMEOUT_SECONDS, **options: Any) -> str:
    """Runs a command that must succeed, and returns its stdout and stderr."""
    command = [str(word) for word in words]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
        **options,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}"
    return done.stdout.strip()


def succeeds(*words: object) -> bool:
    """Whether a command succeeds."""
    command = [str(word) for word in words]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def need_engine() -> None:
    """Skips the test if no container engine responds."""
    try:
        done = subprocess.run(["docker", "info"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("docker is not installed")
    if done.returncode:
        pytest.skip(f"no container engine answers docker info: {done.stderr.strip()[:200]}")


def need_base(tag: str) -> None:
    """Skips the test if a base image can be neither found, built nor pulled."""
    if succeeds("docker", "image", "inspect", tag):
        return
    if tag in _MADE_OF and _STAND_INS.is_file() and _is_served_by_stand_ins():
        run(_STAND_INS, "image", tag, *_MADE_OF[tag], timeout=BUILD_TIMEOUT_SECONDS)
    elif not succeeds("docker", "pull", "--quiet", tag):
        pytest.skip(f"the base image {tag} cannot be had here")


def _is_served_by_stand_ins() -> bool:
    return "container-lab" in os.environ.get("DOCKER_HOST", "")


def build(name: str, *options: str, tag: str = "") -> str:
    """Builds an image of deploy/docker and returns its tag."""
    tag = tag or f"mien-{name}"
    file = f"deploy/docker/{name}.Dockerfile"
    words = ("docker", "build", "--file", file, "--tag", tag, *options, ".")
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    run(*words, timeout=BUILD_TIMEOUT_SECONDS, cwd=ROOT, env=environment)
    return tag


def inspect(kind: str, name: str) -> dict[str, Any]:
    """Returns the engine's details of an image, a container or a network."""
    (found,) = json.loads(run("docker", kind, "inspect", name))
    return dict(found)


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """Polls until the result is true, and returns it."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"this did not come about: {what}")


class Container:
    """A container, by its id."""

    def __init__(self, identity: str) -> None:
        self.id = identity

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Container) and other.id == self.id

    @property
    def state(self) -> dict[str, Any]:
        """Its status, exit code and health."""
        return dict(inspect("container", self.id)["State"])

    @property
    def health(self) -> str:
        """State of its health check: starting, healthy or unhealthy."""
        return str(self.state["Health"]["Status"])

    @property
    def logs(self) -> str:
        """Its output so far."""
        return run("docker", "logs", self.id)

    @property
    def addresses(self) -> list[str]:
        """Its addresses in all its networks."""
        networks = inspect("container", self.id)["NetworkSettings"]["Networks"].values()
        return [network["IPAddress"] for network in networks if network["IPAddress"]]

    @property
    def published(self) -> dict[str, int]:
        """Port of this machine by the container's, such as `5000/tcp`."""
        ports = inspect("container", self.id)["NetworkSettings"]["Ports"]
        return {name: int(hosts[0]["HostPort"]) for name, hosts in ports.items() if hosts}

    def python(self, program: str) -> str:
        """Runs a program in it and returns its output."""
        return run("docker", "exec", self.id, "python", "-c", program)

    def do(self, verb: str) -> None:
        """Starts, stops or kills it."""
        run("docker", verb, self.id)


@contextmanager
def running(image: str, *options: str, command: tuple[str, ...] = ()) -> Iterator[Container]:
    """A container of an image, hardened as in production, and removed afterwards."""
    identity = run("docker", "run", "--detach", *HARDENED, *options, image, *command)
    try:
        yield Container(identity)
    finally:
        run("docker", "rm", "--force", "--volumes", identity)


@contextmanager
def network(name: str, *options: str) -> Iterator[str]:
    """A network of containers, removed afterwards."""
    run("docker", "network", "create", *options, name)
    try:
        yield name
    finally:
        run("docker", "network", "rm", name)


def folder_in(image: str, path: str, to: Path) -> Path:
    """Copies a folder out of an image."""
    identity = run("docker", "create", image)
    try:
        run("docker", "cp", f"{identity}:{path}", to)
    finally:
        run("docker", "rm", identity)
    return to / Path(path).name
