"""The manifests are valid and refer to each other correctly."""

from __future__ import annotations

import re
import shutil

import jsonschema
import kubernetes_validate
import pytest
import yaml

from tests.deploy.google_kinds import GOOGLE_KINDS
from tests.deploy.manifests import (
    K8S,
    PAGE,
    Manifest,
    amount,
    container_of,
    kustomize_command,
    of_kind,
    one,
    pod_of,
    ports_of,
    run_kustomize,
    selected,
)
from web.observability.metrics import REGISTRY
from web.settings import ROOT

PARTS = ["mien-app", "mien-model-server"]
OLDEST = "1.30"
NEWEST = kubernetes_validate.latest_version()


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_manifests_match_the_strict_kubernetes_schemas(
    manifests: list[Manifest], version: str
) -> None:
    for manifest in manifests:
        if manifest["kind"] not in GOOGLE_KINDS:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_manifests_match_googles_schemas(gke: list[Manifest]) -> None:
    for manifest in gke:
        if schema := GOOGLE_KINDS.get(manifest["kind"]):
            jsonschema.validate(manifest, schema)


@pytest.mark.parametrize("overlay", ["local", "gke"])
def test_kubectl_renders_the_same_as_kustomize(overlay: str) -> None:
    command, kubectl = kustomize_command(), ["kubectl", "kustomize"]
    if command == kubectl or not shutil.which("kubectl"):
        pytest.skip("kubectl and kustomize are not both on this machine")
    folder = K8S / "overlays" / overlay
    assert run_kustomize(kubectl, folder) == run_kustomize(command, folder)


def test_every_resource_is_in_one_namespace(manifests: list[Manifest]) -> None:
    (namespace,) = of_kind(manifests, "Namespace")
    others = [m for m in manifests if m is not namespace]
    assert namespace["metadata"]["name"] == "mien"
    assert {m["metadata"]["namespace"] for m in others} == {"mien"}


@pytest.mark.parametrize("name", PARTS)
def test_selectors_match_only_the_pods_of_their_component(
    manifests: list[Manifest], name: str
) -> None:
    spec = one(manifests, "Deployment", name)["spec"]
    selectors = [
        spec["selector"]["matchLabels"],
        one(manifests, "Service", name)["spec"]["selector"],
        one(manifests, "PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"],
        *(
            spread["labelSelector"]["matchLabels"]
            for spread in spec["template"]["spec"]["topologySpreadConstraints"]
        ),
    ]
    for selector in selectors:
        assert selected(manifests, selector) == [name]


def test_autoscalers_target_deployments_with_cpu_requests(
    manifests: list[Manifest],
) -> None:
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        deployment = one(manifests, target["kind"], target["name"])
        assert "replicas" not in deployment["spec"]
        assert container_of(deployment)["resources"]["requests"]["cpu"]
    assert len(of_kind(manifests, "HorizontalPodAutoscaler")) == len(PARTS)


def test_the_sessions_component_adds_to_the_processor_metric(gke_all: list[Manifest]) -> None:
    metrics = one(gke_all, "HorizontalPodAutoscaler", "mien-app")["spec"]["metrics"]
    assert [metric["type"] for metric in metrics] == ["Resource", "Pods"]
    name = metrics[1]["pods"]["metric"]["name"]
    assert REGISTRY.get_sample_value(name) is not None
    assert f"`{name}`" in PAGE


def test_services_and_probes_name_ports_that_containers_have(manifests: list[Manifest]) -> None:
    for name in PARTS:
        deployment = one(manifests, "Deployment", name)
        container = container_of(deployment)
        named = [port["targetPort"] for port in one(manifests, "Service", name)["spec"]["ports"]]
        named += [container[probe]["httpGet"]["port"] for probe in _PROBES]
        assert set(named) <= set(ports_of(deployment))


def test_the_ingress_leads_to_the_app(manifests: list[Manifest]) -> None:
    (ingress,) = of_kind(manifests, "Ingress")
    backend = ingress["spec"].get("defaultBackend")
    if backend is None:
        backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]
    service = one(manifests, "Service", backend["service"]["name"])
    assert service["metadata"]["name"] == "mien-app"
    assert backend["service"]["port"]["name"] in {p["name"] for p in service["spec"]["ports"]}


def test_the_model_server_service_is_headless(manifests: list[Manifest]) -> None:
    assert one(manifests, "Service", "mien-model-server")["spec"]["clusterIP"] == "None"


def test_every_container_asks_for_less_than_its_limit(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        resources = container_of(deployment)["resources"]
        for kind in ("cpu", "memory", "ephemeral-storage"):
            assert amount(resources["requests"][kind]) <= amount(resources["limits"][kind])


def test_pods_have_minimal_permissions(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        pod, container = pod_of(deployment), container_of(deployment)
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_the_only_writable_place_is_a_small_tmp_in_memory(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        mounts = {mount["name"]: mount for mount in container_of(deployment)["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in pod_of(deployment)["volumes"]}
        assert mounts.pop("tmp")["mountPath"] == "/tmp"
        assert volumes["tmp"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "64Mi"}
        assert all(mount["readOnly"] for mount in mounts.values())


def test_every_image_is_built_here(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        image = container_of(deployment)["image"].rpartition("/")[2]
        name = image.partition("@")[0].partition(":")[0].removeprefix("mien-")
        assert (ROOT / "deploy" / "docker" / f"{name}.Dockerfile").is_file()


@pytest.mark.parametrize("served", ["local", "local_tf_serving"])
def test_the_page_builds_and_loads_the_images_of_one_machine(
    served: str, request: pytest.FixtureRequest
) -> None:
    built = {tag: file for file, tag in re.findall(r"docker build -f (\S+) -t (\S+) \.", PAGE)}
    loaded = " ".join(re.findall(r"kind load docker-image (.+)", PAGE)).split()
    for deployment in of_kind(request.getfixturevalue(served), "Deployment"):
        image = container_of(deployment)["image"]
        name = image.removeprefix("mien-").removesuffix(":dev")
        assert built[image] == f"deploy/docker/{name}.Dockerfile"
        assert image in loaded


def test_the_page_creates_a_cluster_reachable_only_from_this_machine() -> None:
    (file,) = re.findall(r"kind create cluster --config (\S+)", PAGE)
    (node,) = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["nodes"]
    ports = {port["hostPort"]: port["containerPort"] for port in node["extraPortMappings"]}
    assert ports == {80: 80, 443: 443}
    assert {port["listenAddress"] for port in node["extraPortMappings"]} == {"127.0.0.1"}


def test_the_page_starts_the_ingress_before_it_is_used() -> None:
    installed = re.search(r"kubectl apply -f \S+/ingress-nginx/\S+/kind/deploy\.yaml\n", PAGE)
    awaited = re.search(r"kubectl -n ingress-nginx wait .*\n", PAGE)
    applied = re.search(r"kubectl apply -k deploy/k8s/overlays/local\n", PAGE)
    assert installed and awaited and applied
    assert installed.end() <= awaited.start() < applied.start()


def test_a_release_names_its_images_by_digest(gke_all: list[Manifest]) -> None:
    for deployment in of_kind(gke_all, "Deployment"):
        assert "@sha256:" in container_of(deployment)["image"]


def test_a_release_sets_the_domain_of_the_certificate(gke: list[Manifest]) -> None:
    assert one(gke, "ManagedCertificate", "mien")["spec"]["domains"] == ["mien.example.org"]


_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
