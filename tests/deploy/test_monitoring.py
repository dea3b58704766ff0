"""Alerts and dashboard use existing metrics, are explained, and pass Prometheus's own tools."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest

from serving.endpoints import METRICS_PATH
from serving.server import monitoring
from tests.deploy.manifests import of_kind, one, ports_of, selected
from web.observability import metrics

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
ALERTS = (MONITORING / "alerts.yml").read_text(encoding="utf-8")
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
RULE_TESTS = Path(__file__).parent / "monitoring" / "alerts.test.yml"
NAMES = re.findall(r"- alert: (\w+)", ALERTS)
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
EXPRESSIONS = re.findall(r"expr: (.+?)\n +(?:for|labels):", ALERTS, re.DOTALL)

# The parts of a query that are not metrics: strings, matchers, ranges, label lists, functions.
NO_METRIC = r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)|\b[\w:]+(?=\(| by \()'
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}
# What Prometheus must ask, by the names that alerts and dashboard know: job, port and path.
ASKED = {("mien-app", 9100, "/metrics"), ("mien-model-server", 8501, METRICS_PATH)}


def shown_names():
    """Metric names of the app and the model server, and Prometheus's own `up`."""
    families = [*metrics.REGISTRY.collect(), *monitoring.REGISTRY.collect()]
    endings = [(family.name, SUFFIXES.get(family.type, ("",))) for family in families]
    return {"up"} | {name + suffix for name, suffixes in endings for suffix in suffixes}


def promtool(*arguments, said=None):
    """Runs promtool with `said` as input, and returns whether it succeeded and its output."""
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    command = [tool, *map(str, arguments)]
    result = subprocess.run(
        command, input=said, capture_output=True, text=True, timeout=60, check=False
    )
    return result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("query", [*EXPRESSIONS, *QUERIES])
def test_every_query_is_about_metrics_that_exist(query):
    metrics_in_it = set(re.findall(r"[a-zA-Z_:][\w:]*", re.sub(NO_METRIC, " ", query)))

    assert metrics_in_it
    assert metrics_in_it <= shown_names()


def test_every_alert_and_panel_is_checked():
    assert len(EXPRESSIONS) == len(NAMES) > 0
    assert len(QUERIES) >= len(DASHBOARD["panels"]) > 0
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_is_tested_and_explained(name):
    assert f"alertname: {name}\n        exp_alerts:" in RULE_TESTS.read_text(encoding="utf-8")
    page = (ROOT / "docs" / "how-to" / "runbook.md").read_text(encoding="utf-8")
    assert f"\n### {name}\n" in page


def test_prometheus_accepts_its_configuration_and_the_alerts():
    content, said = promtool("check", "config", MONITORING / "prometheus.yml")

    assert content, said


def test_prometheus_accepts_the_apps_metrics():
    metrics.expect_models(["emotion"])

    content, said = promtool("check", "metrics", said=generate_latest(metrics.REGISTRY).decode())

    assert content, said


def test_the_alerts_fire_as_expected():
    content, said = promtool("test", "rules", RULE_TESTS)

    assert content, said


def test_prometheus_understands_the_queries_of_the_dashboard(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": query.replace("$__rate_interval", "5m")}
        for number, query in enumerate(QUERIES)
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))

    content, said = promtool("check", "rules", file)

    assert content, said


def test_the_documented_command_converts_the_alerts_for_google(tmp_path):
    page = (ROOT / "docs" / "how-to" / "monitoring.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"```sh\n({ printf.*?)```", page, re.DOTALL)
    (tmp_path / "kubectl").write_text("#!/bin/sh\ncat\n")
    (tmp_path / "kubectl").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    said = subprocess.check_output(command, shell=True, cwd=ROOT, env={**os.environ, "PATH": path})

    rules = yaml.safe_load(said)
    assert rules["spec"] == yaml.safe_load(ALERTS)
    (group,) = rules["spec"]["groups"]
    assert group.keys() == {"name", "interval", "rules"}  # Google demands an interval.


def test_prometheus_scrapes_the_services_of_compose():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    asked = set()
    for job in _scrape_configs("prometheus.yml"):
        (found,) = job["dns_sd_configs"]
        assert found["names"] == [job["job_name"].removeprefix("mien-")]
        assert set(found["names"]) <= services.keys()
        asked.add((job["job_name"], found["port"], job.get("metrics_path", "/metrics")))

    assert asked == ASKED


def test_prometheus_scrapes_the_same_metrics_in_kubernetes(manifests, tmp_path):
    pods = [
        *_discovered(manifests, "Running"),
        *_discovered(manifests, "Failed"),
        *_discovered(manifests, "Pending"),
    ]
    (job,) = _scrape_configs("kubernetes.yml")
    # Debian's promtool has no Kubernetes discovery, so it gets static targets.
    (found,) = job.pop("kubernetes_sd_configs")
    assert found == {"role": "pod", "namespaces": {"names": ["mien"]}}

    targets = _relabelled({**job, "static_configs": pods}, tmp_path)

    assert {_asked(target) for target in targets} == ASKED
    assert len(targets) == len(ASKED)
    assert {(target["namespace"], target["pod"]) for target in targets} == {
        ("mien", "mien-app-running"),
        ("mien", "mien-model-server-running"),
    }


def test_googles_prometheus_scrapes_the_same_metrics(gke):
    asked = set()
    for resource in of_kind(gke, "PodMonitoring"):
        (name,) = selected(gke, resource["spec"]["selector"]["matchLabels"])
        (endpoint,) = resource["spec"]["endpoints"]
        port = ports_of(one(gke, "Deployment", name))[endpoint["port"]]
        # Google uses the resource's name as the label `job`.
        asked.add((resource["metadata"]["name"], port, endpoint.get("path", "/metrics")))

    assert asked == ASKED


def _scrape_configs(file):
    return yaml.safe_load((MONITORING / file).read_text(encoding="utf-8"))["scrape_configs"]


def _discovered(manifests, phase):
    """Each port of each Deployment's pod, with the labels that Prometheus gives it."""
    for deployment in of_kind(manifests, "Deployment"):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        for name, port in ports_of(deployment).items():
            known = {
                "namespace": deployment["metadata"]["namespace"],
                "pod_name": f"{deployment['metadata']['name']}-{phase.lower()}",
                "pod_phase": phase,
                "pod_container_port_name": name,
                **{f"pod_label_{re.sub(r'[^a-z]', '_', key)}": labels[key] for key in labels},
            }
            yield {
                "targets": [f"10.0.0.1:{port}"],
                "labels": {f"__meta_kubernetes_{key}": value for key, value in known.items()},
            }


def _relabelled(job, folder):
    """Returns a job's targets as Prometheus sees them."""
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump({"scrape_configs": [job]}))
    content, said = promtool("check", "service-discovery", "--timeout=1s", file, job["job_name"])
    assert content, said
    return [found["labels"] for found in json.loads(said) if found["labels"]]


def _asked(target):
    port = int(target["__address__"].rpartition(":")[2])
    return target["job"], port, target["__metrics_path__"]
