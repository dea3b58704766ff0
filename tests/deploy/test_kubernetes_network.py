"""Traffic that the network policies allow, read as a network plug-in reads them."""

from __future__ import annotations

from typing import Any

from tests.deploy.manifests import Manifest, of_kind, one, selected

Way = tuple[str, str, int]

INGRESS_NGINX = "ingress-nginx/controller,ingress-nginx"
PROMETHEUS = "monitoring/prometheus"
# Autopilot's name of the namespace, and that of other clusters.
GOOGLE_PROMETHEUS = "gke-gmp-system,gmp-system/collector"


def test_traffic_is_denied_by_default(manifests: list[Manifest]) -> None:
    (deny,) = [p for p in of_kind(manifests, "NetworkPolicy") if not p["spec"]["podSelector"]]
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_only_the_app_reaches_the_models_and_only_the_ingress_the_app(
    local: list[Manifest],
) -> None:
    assert _ways_in(local) == {
        ("mien-app", "mien-model-server", 8500),
        (INGRESS_NGINX, "mien-app", 5000),
        (PROMETHEUS, "mien-app", 9100),
        (PROMETHEUS, "mien-model-server", 8501),
    }


def test_the_app_reaches_the_models_and_dns_and_the_models_reach_nothing(
    local: list[Manifest],
) -> None:
    assert _ways_out(local) == {
        ("mien-app", "mien-model-server", 8500),
        ("mien-app", "kube-system/kube-dns", 53),
    }


def test_on_gke_only_the_load_balancer_and_prometheus_have_access(
    gke: list[Manifest],
) -> None:
    assert _ways_in(gke) == {
        ("mien-app", "mien-model-server", 8500),
        ("130.211.0.0/22", "mien-app", 5000),
        ("35.191.0.0/16", "mien-app", 5000),
        (GOOGLE_PROMETHEUS, "mien-app", 9100),
        (GOOGLE_PROMETHEUS, "mien-model-server", 8501),
    }


def test_on_gke_dns_is_allowed_to_cluster_node_and_cloud_dns(
    gke: list[Manifest],
) -> None:
    assert _ways_out(gke) == {
        ("mien-app", "mien-model-server", 8500),
        ("mien-app", "kube-system/kube-dns,node-local-dns", 53),
        ("mien-app", "169.254.20.10/32", 53),
        ("mien-app", "169.254.169.254/32", 53),
    }


def test_components_allow_no_further_traffic(
    local: list[Manifest],
    local_tf_serving: list[Manifest],
    gke: list[Manifest],
    gke_all: list[Manifest],
) -> None:
    assert _ways_in(local_tf_serving) == _ways_in(local)
    assert _ways_out(local_tf_serving) == _ways_out(local)
    assert _ways_in(gke_all) == _ways_in(gke)
    assert _ways_out(gke_all) == _ways_out(gke)


def _ways_in(manifests: list[Manifest]) -> set[Way]:
    """(from, to, port) of all allowed ingress."""
    return {
        (peer, pods, port)
        for pods, peer, port in _ways(manifests, "Ingress", rules="ingress", peers="from")
    }


def _ways_out(manifests: list[Manifest]) -> set[Way]:
    """(from, to, port) of all allowed egress."""
    return set(_ways(manifests, "Egress", rules="egress", peers="to"))


def _ways(manifests: list[Manifest], direction: str, rules: str, peers: str) -> list[Way]:
    return [
        (pods, _name(manifests, peer), port)
        for policy in of_kind(manifests, "NetworkPolicy")
        if direction in policy["spec"]["policyTypes"]
        for rule in policy["spec"].get(rules, [])
        for pods in selected(manifests, _labels(policy["spec"]["podSelector"]))
        # A rule without peers or ports means all of them.
        for peer in rule.get(peers) or [{}]
        for port in [port["port"] for port in rule.get("ports", [])] or [0]
    ]


def _name(manifests: list[Manifest], peer: dict[str, Any]) -> str:
    if "ipBlock" in peer:
        return str(peer["ipBlock"]["cidr"])
    if "namespaceSelector" in peer:
        spaces = ",".join(_values(peer["namespaceSelector"])) or "any"
        return f"{spaces}/{','.join(_values(peer.get('podSelector', {})))}"
    return ",".join(selected(manifests, _labels(peer["podSelector"]))) if peer else "anybody"


def _values(selector: dict[str, Any]) -> list[str]:
    """The values that a selector accepts for its labels, in alphabetical order."""
    accepted = list(_labels(selector).values())
    for expression in selector.get("matchExpressions", []):
        accepted += expression["values"]
    return sorted(accepted)


def _labels(selector: dict[str, Any]) -> dict[str, str]:
    return dict(selector.get("matchLabels", {}))


def test_the_app_trusts_the_forwarded_headers_of_the_ingress(manifests: list[Manifest]) -> None:
    (settings,) = of_kind(manifests, "ConfigMap")
    policy = one(manifests, "NetworkPolicy", "app-from-ingress")
    trusted = settings["data"]["MIEN_TRUSTED_PROXIES"].split(",")
    sources = [each for rule in policy["spec"]["ingress"] for each in rule["from"]]
    blocks = {each["ipBlock"]["cidr"] for each in sources if "ipBlock" in each}
    assert blocks <= set(trusted)
    assert trusted
