"""The sizes in docs/reference/sizing.md match the manifests."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from benchmarks.scale import report
from benchmarks.scale.sizing import (
    DEPLOYED,
    MAX_PODS,
    POD_CORES,
    TARGET_UTILISATION,
    Cost,
    ModelServers,
    bottlenecks,
    size_for,
)
from tests.benchmarks.scale.cost import COST
from tests.deploy.manifests import Manifest, amount, container_of, one
from web.settings import ROOT

TEXT = (ROOT / "docs" / "reference" / "sizing.md").read_text(encoding="utf-8")


def _asked(manifests: list[Manifest], name: str) -> tuple[float, int, int]:
    """Reads a deployment's requested cores, maximum of pods and target utilization."""
    container = container_of(one(manifests, "Deployment", name))
    scaler = one(manifests, "HorizontalPodAutoscaler", name)["spec"]
    aim = scaler["metrics"][0]["resource"]["target"]["averageUtilization"]
    return amount(container["resources"]["requests"]["cpu"]), scaler["maxReplicas"], aim


def _measured(event: str) -> Cost:
    """Costs on the page of clients that send an event."""
    (row,) = re.findall(rf"^\| {re.escape(report.NAMES[event])} \| (.*) \|$", TEXT, re.MULTILINE)
    app, _, models, *_ = (float(cell) for cell in row.split(" | "))
    return replace(COST, app_cpu_ms=app, model_cpu_ms=models)


def test_the_overlay_for_google_cloud_keeps_what_the_sizes_count_with(gke: list[Manifest]) -> None:
    aim = TARGET_UTILISATION * 100
    assert _asked(gke, "mien-app") == (POD_CORES, MAX_PODS, aim)
    assert _asked(gke, "mien-model-server") == (DEPLOYED.cores, DEPLOYED.maximum, aim)


@pytest.mark.parametrize("event", report.NAMES)
def test_the_page_states_the_clients_that_the_manifests_allow(
    gke: list[Manifest], event: str
) -> None:
    cost = _measured(event)
    said = re.findall(r"(\d+) clients per pod and (\d+) per model server", TEXT)
    clients = dict(zip(report.NAMES, said, strict=True))[event]
    parts = [("mien-app", cost.app_cpu_ms), ("mien-model-server", cost.model_cpu_ms)]
    for (name, cpu_ms), per_pod in zip(parts, clients, strict=True):
        cores, _, aim = _asked(gke, name)
        # The page's costs are rounded.
        assert int(per_pod) == pytest.approx(cores * aim * 10 / (cost.rate * cpu_ms) - 0.5, abs=0.6)


@pytest.mark.parametrize("event", report.NAMES)
def test_there_are_enough_model_servers_for_the_largest_number_of_apps(
    gke: list[Manifest], event: str
) -> None:
    cost = _measured(event)
    cores, most_apps, aim = _asked(gke, "mien-app")
    apps = most_apps * (cores * aim * 10 / (cost.rate * cost.app_cpu_ms))
    cores, most_servers, aim = _asked(gke, "mien-model-server")
    servers = most_servers * (cores * aim * 10 / (cost.rate * cost.model_cpu_ms))
    assert apps <= servers


def test_smaller_cpu_requests_need_more_model_servers_with_equal_cores() -> None:
    whole, quarter = (size_for(1_000, COST, ModelServers(cores)) for cores in (1.0, 0.25))
    assert (whole.model_servers, quarter.model_servers) == (25, 100)
    assert whole.cores == quarter.cores == 125 + 25


def test_the_maximum_of_model_servers_covers_full_use_of_their_requests() -> None:
    found = bottlenecks(COST, 2, ModelServers(cores=0.25, maximum=10))
    assert [each.webcams for each in found] == [16, 50, 100, 160, 5_000]
    assert "model servers" in found[2].resource
