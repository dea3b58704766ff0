"""The tables of docs/operations.md are what the code shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from serving.server import monitoring
from web import metrics

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `[^|]*` \| (?:gauge|counter|histogram) \|.*\|$", PAGE, re.MULTILINE)


def row(name, kind, labels, meaning):
    named = ", ".join(f"`{label}`" for label in labels)
    return f"| `{name}` | {kind} | {named} | {meaning} |".replace("|  |", "| |")


def rows(module):
    """A row for each metric that a module declares."""
    for metric in vars(module).values():
        if isinstance(metric, monitoring.RequestCount):
            yield row(metric.name, "counter", metric.labels, metric.meaning)
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


def headings(page):
    """The headings of a page, as links name them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", ["operations", "runbook"])
def test_links_lead_to_headings_and_files_that_are_there(page):
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]*)#?([^)]*)\)", text)

    assert links
    for file, heading in links:
        target = ROOT / "docs" / (file or f"{page}.md")
        assert target.is_file(), file
        assert not heading or heading in headings(target), heading
