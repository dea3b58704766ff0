"""The tools' own parsers accept every command of deploy.sh."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.manifests import (
    Manifest,
    container_of,
    kustomize_command,
    of_kind,
    one,
    run_kustomize,
)
from tests.deploy.sandbox import LOGGED_IN, STAND_IN, Sandbox
from web.settings import ROOT


def _need(tool: str) -> str:
    path = shutil.which(tool, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if path is None:
        pytest.skip(f"{tool} is not installed")
    return path


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Returns the commands that a dry run prints."""
    folder = tmp_path_factory.mktemp("dry")
    return Sandbox(folder).deploy("--dry-run").shown


def _of(tool: str, commands: list[str]) -> list[str]:
    lines = [line for line in commands if line.startswith(f"{tool} ")]
    assert lines
    return lines


def _takes(command: str) -> bool:
    """Whether a tool accepts the command and its flags. With --help, it does nothing."""
    words = [*shlex.split(command), "--help"]
    return subprocess.run(words, capture_output=True, timeout=30, check=False).returncode == 0


def test_gcloud_takes_its_commands(commands: list[str], tmp_path: Path) -> None:
    gcloud = _need("gcloud")
    wrong = "gcloud container clusters list --regoin=europe-west1"
    lines = [*_of("gcloud", commands), wrong]
    file = tmp_path / "commands.json"
    file.write_text(json.dumps([{"command_string": line} for line in lines]))
    linted = subprocess.run(
        [gcloud, "meta", "lint-gcloud-commands", f"--commands-file={file}"],
        env={**os.environ, "CLOUDSDK_CONFIG": str(tmp_path)},
        capture_output=True,
        timeout=100,
        check=True,
    )
    verdicts = json.loads(linted.stdout)
    assert len(verdicts) == len(set(lines))
    assert [each["command_string"] for each in verdicts if not each["success"]] == [wrong]


@pytest.mark.parametrize(
    ("tool", "wrong"), [("kubectl", "get --outptu=x"), ("docker", "build --tga")]
)
def test_kubectl_and_docker_take_their_commands(commands: list[str], tool: str, wrong: str) -> None:
    _need(tool)
    lines = [*_of(tool, commands), f"{tool} {wrong}"]
    assert [line for line in lines if not _takes(line)] == [f"{tool} {wrong}"]


@pytest.fixture
def built(request: pytest.FixtureRequest, tmp_path: Path) -> list[Manifest]:
    """Renders the overlay that deploy.sh writes with kustomize."""
    sandbox = Sandbox(tmp_path)
    sandbox.deploy(*request.param, answers=LOGGED_IN)
    folder = sandbox.checkout / ".cache" / "overlay"
    folder.mkdir()
    shutil.copy(sandbox.record / "kustomization.yaml", folder)
    return run_kustomize(kustomize_command(), folder)


@pytest.mark.parametrize("built", [()], indirect=True)
def test_the_overlay_has_the_images_and_a_certificate_for_the_domain(built: list[Manifest]) -> None:
    for name in ("mien-app", "mien-model-server"):
        image = container_of(one(built, "Deployment", name))["image"]
        assert re.fullmatch(rf"\S+\.pkg\.dev/mien-1234/mien/{name}:[0-9a-f]{{12}}", image)
    assert one(built, "ManagedCertificate", "mien")["spec"]["domains"] == ["mien.example.org"]


@pytest.mark.parametrize("built", [("--certificate", "other")], indirect=True)
def test_an_existing_certificate_replaces_the_managed_one(built: list[Manifest]) -> None:
    annotations = one(built, "Ingress", "mien")["metadata"]["annotations"]
    assert annotations["ingress.gcp.kubernetes.io/pre-shared-cert"] == "other"
    assert "networking.gke.io/managed-certificates" not in annotations
    assert of_kind(built, "ManagedCertificate") == []


@pytest.mark.parametrize("built", [("--tf-serving",)], indirect=True)
def test_tensorflow_serving_can_be_the_model_server(built: list[Manifest]) -> None:
    image = container_of(one(built, "Deployment", "mien-model-server"))["image"]
    assert re.fullmatch(r"\S+/mien/mien-tf-serving:[0-9a-f]{12}", image)


def test_shellcheck_finds_nothing() -> None:
    scripts = [str(STAND_IN), *(ROOT / "deploy").rglob("*.sh")]
    command = [_need("shellcheck"), "--external-sources", "--check-sourced", *scripts]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""
