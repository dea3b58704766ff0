"""Pods start, run and stop without losing sessions needlessly, and their settings are valid."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import cast

import pytest
from flask import Flask

from serving.contract import load_contract
from serving.endpoints import METRICS_PATH
from serving.server.lifecycle import STOP_SECONDS
from tests.deploy.manifests import (
    PAGE,
    Manifest,
    container_of,
    of_kind,
    one,
    pod_of,
    ports_of,
)
from tests.support.gunicorn_settings import read_gunicorn_settings
from web.http.routes import add_routes
from web.service import Service
from web.settings import ROOT, Settings, SettingsError, read_settings
from web.transport.health import HEALTH_PATH
from web.transport.socketio_limits import TEXT_BYTES

GUNICORN = read_gunicorn_settings()
SESSION_SECONDS = Settings().sessions.session_max_seconds
NGINX = "nginx.ingress.kubernetes.io/"


def test_the_app_takes_every_setting(manifests: list[Manifest]) -> None:
    settings = _settings(manifests)
    assert settings.server.bind_host == "0.0.0.0"


def test_the_settings_name_the_ports_and_the_model_server(manifests: list[Manifest]) -> None:
    settings = _settings(manifests)
    (grpc,) = one(manifests, "Service", "mien-model-server")["spec"]["ports"]
    assert ports_of(one(manifests, "Deployment", "mien-app")) == {
        "http": settings.server.port,
        "metrics": settings.observability.metrics_port,
    }
    assert settings.model_server.model_server == f"mien-model-server:{grpc['port']}"


def test_a_service_link_would_stop_the_app(local: list[Manifest]) -> None:
    with pytest.raises(SettingsError, match="Unknown setting MIEN_APP_PORT"):
        read_settings({"MIEN_APP_PORT": "tcp://10.0.0.1:80"})
    for deployment in of_kind(local, "Deployment"):
        assert pod_of(deployment)["enableServiceLinks"] is False


def test_the_embedded_model_server_takes_its_options(local: list[Manifest]) -> None:
    container = container_of(one(local, "Deployment", "mien-model-server"))
    # It checks its options first, then reports that there are no models.
    result = subprocess.run(
        [sys.executable, *container["command"][1:], *container["args"], "--models=/nowhere"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(result.stderr)
    assert (
        said["message"]
        == "The model server cannot start: The models folder /nowhere does not exist."
    )
    assert said["level"] == "ERROR"
    assert result.returncode == 1


def test_tf_serving_keeps_the_options_of_its_image_and_adds_tls(
    local_tf_serving: list[Manifest],
) -> None:
    container = container_of(one(local_tf_serving, "Deployment", "mien-model-server"))
    assert "command" not in container
    assert container["args"] == ["--ssl_config_file=/etc/mien/tls/ssl.config"]


def test_both_model_servers_listen_on_the_ports_of_the_pod(local: list[Manifest]) -> None:
    deployment = one(local, "Deployment", "mien-model-server")
    container, ports = container_of(deployment), ports_of(deployment)
    image = (ROOT / "deploy" / "docker" / "tf-serving.Dockerfile").read_text(encoding="utf-8")
    assert f"--port={ports['grpc']}" in container["args"]
    assert f"--http-port={ports['http']}" in container["args"]
    assert f'"--port={ports["grpc"]}"' in image
    assert f'"--rest_api_port={ports["http"]}"' in image


def test_probes_ask_paths_that_the_app_has(manifests: list[Manifest]) -> None:
    flask = Flask("mien")
    add_routes(flask, cast(Service, None))
    paths = {str(rule) for rule in flask.url_map.iter_rules()} | {HEALTH_PATH}
    container = container_of(one(manifests, "Deployment", "mien-app"))
    assert {_path(container, "livenessProbe"), _path(container, "readinessProbe")} <= paths


def test_probes_ask_paths_that_both_model_servers_have(manifests: list[Manifest]) -> None:
    container = container_of(one(manifests, "Deployment", "mien-model-server"))
    assert _path(container, "livenessProbe") == METRICS_PATH
    assert _path(container, "readinessProbe") in {f"/v1/models/{name}" for name in load_contract()}


def test_liveness_and_readiness_probes_differ(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        container = container_of(deployment)
        assert _path(container, "startupProbe") == _path(container, "livenessProbe")
        assert _path(container, "livenessProbe") != _path(container, "readinessProbe")


def test_an_app_without_models_stays_in_service_longer_than_a_session(
    manifests: list[Manifest],
) -> None:
    probe = container_of(one(manifests, "Deployment", "mien-app"))["readinessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] > SESSION_SECONDS


def test_the_load_balancer_checks_liveness(gke: list[Manifest]) -> None:
    container = container_of(one(gke, "Deployment", "mien-app"))
    check = one(gke, "BackendConfig", "mien-app")["spec"]["healthCheck"]
    assert check["requestPath"] == _path(container, "livenessProbe")
    assert check["port"] == _settings(gke).server.port
    assert check["timeoutSec"] <= check["checkIntervalSec"]


@pytest.mark.parametrize(("name", "at_once"), [("mien-app", "100%"), ("mien-model-server", 1)])
def test_an_old_pod_stops_only_after_a_new_one_is_ready(
    manifests: list[Manifest], name: str, at_once: int | str
) -> None:
    strategy = one(manifests, "Deployment", name)["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": at_once}


@pytest.mark.parametrize(
    ("name", "stop_seconds"),
    [("mien-app", GUNICORN["graceful_timeout"]), ("mien-model-server", STOP_SECONDS)],
)
def test_the_grace_period_covers_pre_stop_and_shutdown(
    manifests: list[Manifest], name: str, stop_seconds: float
) -> None:
    deployment = one(manifests, "Deployment", name)
    goes_after = _pre_stop_seconds(deployment) + stop_seconds
    assert pod_of(deployment)["terminationGracePeriodSeconds"] > goes_after


def test_google_drains_connections_for_longer_than_the_app_takes_to_stop(
    gke: list[Manifest],
) -> None:
    wait = _pre_stop_seconds(one(gke, "Deployment", "mien-app"))
    draining = one(gke, "BackendConfig", "mien-app")["spec"]["connectionDraining"]
    assert draining["drainingTimeoutSec"] > wait + GUNICORN["graceful_timeout"]


def test_nginx_keeps_a_client_at_its_pod(local: list[Manifest]) -> None:
    notes = one(local, "Ingress", "mien")["metadata"]["annotations"]
    assert notes[f"{NGINX}affinity"] == "cookie"
    assert notes[f"{NGINX}affinity-mode"] == "persistent"


def test_nginx_timeouts_are_longer_than_a_session(local: list[Manifest]) -> None:
    notes = one(local, "Ingress", "mien")["metadata"]["annotations"]
    for way in ("read", "send"):
        assert int(notes[f"{NGINX}proxy-{way}-timeout"]) > SESSION_SECONDS


def test_nginx_body_limit_is_above_the_apps_frame_limit(local: list[Manifest]) -> None:
    size = one(local, "Ingress", "mien")["metadata"]["annotations"][f"{NGINX}proxy-body-size"]
    most = 2 * Settings().limits.max_frame_bytes + TEXT_BYTES
    assert int(size.removesuffix("m")) * 2**20 > most


def test_nginx_writes_neither_frames_nor_addresses_to_a_disk(local: list[Manifest]) -> None:
    notes = one(local, "Ingress", "mien")["metadata"]["annotations"]
    assert notes[f"{NGINX}proxy-request-buffering"] == "off"
    assert notes[f"{NGINX}enable-access-log"] == "false"


def test_google_keeps_a_client_at_its_pod_for_longer_than_a_session(gke: list[Manifest]) -> None:
    service = one(gke, "Service", "mien-app")["metadata"]["annotations"]
    backend = one(gke, "BackendConfig", "mien-app")["spec"]
    assert service["cloud.google.com/backend-config"] == '{"default": "mien-app"}'
    assert service["cloud.google.com/neg"] == '{"ingress": true}'
    assert backend["sessionAffinity"]["affinityType"] == "GENERATED_COOKIE"
    assert backend["sessionAffinity"]["affinityCookieTtlSec"] > SESSION_SECONDS
    assert backend["timeoutSec"] > SESSION_SECONDS


def test_the_page_describes_every_secret(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        volumes = [v["secret"] for v in pod_of(deployment)["volumes"] if "secret" in v]
        names = [secret["secretName"] for secret in volumes]
        names += [
            variable["valueFrom"]["secretKeyRef"]["name"]
            for variable in container_of(deployment).get("env", [])
        ]
        assert names
        assert all(f"`{name}`" in PAGE for name in names)


def test_no_secret_is_in_the_manifests(manifests: list[Manifest]) -> None:
    assert of_kind(manifests, "Secret") == []


def _settings(manifests: list[Manifest]) -> Settings:
    """The settings as the app reads them, with a token."""
    container = container_of(one(manifests, "Deployment", "mien-app"))
    (source,) = container["envFrom"]
    settings = one(manifests, "ConfigMap", source["configMapRef"]["name"])["data"]
    return read_settings({**settings, **{variable["name"]: "x" for variable in container["env"]}})


def _pre_stop_seconds(deployment: Manifest) -> int:
    return int(container_of(deployment)["lifecycle"]["preStop"]["sleep"]["seconds"])


def _path(container: Manifest, probe: str) -> str:
    return str(container[probe]["httpGet"]["path"])
