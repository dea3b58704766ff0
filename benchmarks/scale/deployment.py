"""Deployment: CPU requests and autoscaling in `deploy/k8s/base`, the input of capacity planning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped, unused-ignore]

from web.settings import ROOT

BASE = ROOT / "deploy" / "k8s" / "base"


@dataclass(frozen=True)
class Deployment:
    """One kind of pod.

    Attributes:
        cores: CPU request of each pod.
        max_pods: Maximum number of pods of the autoscaler.
        target_utilisation: Share of the CPU request that the autoscaler aims at, 0 to 1.
    """

    cores: float
    max_pods: int
    target_utilisation: float


def read_deployment(name: str, folder: Path = BASE) -> Deployment:
    """Reads a deployment and its autoscaler from the manifests of a folder."""
    manifests = [
        manifest
        for file in sorted(folder.glob("*.yaml"))
        for manifest in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if manifest
    ]
    (container,) = _find(manifests, "Deployment", name)["template"]["spec"]["containers"]
    scaler = _find(manifests, "HorizontalPodAutoscaler", name)
    (metric,) = scaler["metrics"]
    return Deployment(
        cores=_cores(container["resources"]["requests"]["cpu"]),
        max_pods=scaler["maxReplicas"],
        target_utilisation=metric["resource"]["target"]["averageUtilization"] / 100,
    )


def _find(manifests: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """The `spec` of the manifest of this kind and name."""
    (spec,) = (
        manifest["spec"]
        for manifest in manifests
        if manifest["kind"] == kind and manifest["metadata"]["name"] == name
    )
    return dict(spec)


def _cores(amount: str) -> float:
    """Cores from a Kubernetes quantity such as `1` or `250m`."""
    return float(amount[:-1]) / 1000 if amount.endswith("m") else float(amount)
