"""Resources and autoscaling that `deploy/k8s/base` asks for; capacity planning counts with them."""

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
        cores: Processor cores that each pod asks for.
        most: Number of pods at which the autoscaler stops.
        aim: Share of the cores asked for that the autoscaler aims at, 0 to 1.
    """

    cores: float
    most: int
    aim: float


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
        most=scaler["maxReplicas"],
        aim=metric["resource"]["target"]["averageUtilization"] / 100,
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
