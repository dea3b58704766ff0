"""The tables of docs/reference/operations.md are what the code shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from serving.server import monitoring
from web.observability import metrics

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "operations.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `[^|]*` \| (?:gauge|counter|histogram) \|.*\|$", PAGE, re.MULTILINE)


def row(name, kind, labels, meaning):
    named = ", ".join(f"`{label}`" for label in labels)
    return f"| `{name}` | {kind} | {named} | {meaning} |".replace("|  |", "| |")


def rows(module):
    """A row for each metric that a module declares."""
    for metric in vars(module).values():
        if isinstance(metric, monitoring.RequestCount):
            yield row(metric.name, "counter", metric.labels, metric.documentation)
        elif isinstance(metric, MetricWrapperBase):
            [family] = metric.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            yield row(name, family.type, metric._labelnames, family.documentation)


@pytest.mark.parametrize("module", [metrics, monitoring], ids=["app", "model server"])
def test_every_metric_has_its_row(module):
    for wanted in rows(module):
        assert wanted in ROWS


def test_no_row_is_about_a_metric_that_is_gone():
    assert set(ROWS) == {*rows(metrics), *rows(monitoring)}
