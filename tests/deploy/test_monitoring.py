"""Alerts and dashboard: about metrics that exist, explained, accepted by Prometheus's own tools."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from serving.server import monitoring
from web import metrics

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
ALERTS = (MONITORING / "alerts.yml").read_text(encoding="utf-8")
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
RULE_TESTS = Path(__file__).parent / "monitoring" / "alerts.test.yml"
NAMES = re.findall(r"- alert: (\w+)", ALERTS)
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
EXPRESSIONS = re.findall(r"expr: (.+?)\n +(?:for|labels):", ALERTS, re.DOTALL)

# What stands in a query and is no metric: texts, matchers, ranges, lists of labels, functions.
NO_METRIC = r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)|\b[\w:]+(?=\(| by \()'
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}


def shown_names():
    """Every name that the app or the model server shows, and Prometheus's own `up`."""
    families = [*metrics.REGISTRY.collect(), *monitoring.REGISTRY.collect()]
    endings = [(family.name, SUFFIXES.get(family.type, ("",))) for family in families]
    return {"up"} | {name + suffix for name, suffixes in endings for suffix in suffixes}


def promtool(*arguments, said=None):
    """Runs Prometheus's tool, with `said` to read, and returns whether it is content and why."""
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


def test_no_alert_and_no_panel_was_overlooked():
    assert len(EXPRESSIONS) == len(NAMES) > 0
    assert len(QUERIES) >= len(DASHBOARD["panels"]) > 0
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_is_tested_and_explained(name):
    assert f"alertname: {name}\n        exp_alerts:" in RULE_TESTS.read_text(encoding="utf-8")
    assert f"\n### {name}\n" in (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


def test_prometheus_accepts_its_configuration_and_the_alerts():
    content, said = promtool("check", "config", MONITORING / "prometheus.yml")

    assert content, said


def test_prometheus_finds_no_fault_with_the_app_s_metrics():
    metrics.expect_models(["emotion"])

    content, said = promtool("check", "metrics", said=generate_latest(metrics.REGISTRY).decode())

    assert content, said


def test_the_alerts_sound_when_they_should():
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


@pytest.mark.parametrize(
    ("job", "service", "port"),
    [("mien-app", "app", 9100), ("mien-model-server", "model-server", 8501)],
)
def test_prometheus_asks_the_services_of_compose(job, service, port):
    configuration = (MONITORING / "prometheus.yml").read_text(encoding="utf-8")
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")

    [target] = re.findall(rf"job_name: {job}\n.*?names: (.*?), refresh", configuration, re.DOTALL)
    assert target == f"[{service}], type: A, port: {port}"
    assert f"\n  {service}:\n" in compose
