"""compose.yaml, checked without a container engine."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from web.settings import ROOT
from web.settings.reading import variables

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_only_the_proxy_publishes_ports() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_only_the_network_of_the_proxy_leads_out() -> None:
    inside = {
        name for name, network in COMPOSE["networks"].items() if (network or {}).get("internal")
    }
    for name, service in SERVICES.items():
        assert name == "proxy" or set(service.get("networks", [])) <= inside
    assert not set(SERVICES["proxy"]["networks"]) & set(SERVICES["model-server"]["networks"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_image_of_ours_is_built_once_and_never_pulled() -> None:
    ours = [s for s in SERVICES.values() if s["image"].startswith("mien-")]
    built = [service["image"] for service in ours if "build" in service]
    assert sorted(built) == sorted({service["image"] for service in ours})
    assert all("build" in s or s["pull_policy"] == "never" for s in ours)


def test_every_variable_of_the_app_is_a_setting() -> None:
    assert SERVICES["app"]["environment"].keys() <= set(variables())
