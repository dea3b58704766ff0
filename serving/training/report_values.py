"""Report values: writes measured metrics to a JSON report, the contract and the README."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

HEADLINES = (
    "accuracy",
    "macro_f1",
    "calibration_error",
    "mean_error",
    "coverage",
    "within_one",
    "worst_group",
)
DETECTED = "detected"

PHRASES = {
    "accuracy": "accuracy {:.1%}",
    "macro_f1": "macro F1 {:.2f}",
    "calibration_error": "calibration error {:.1%}",
    "worst_group": "worst group {:.1%}",
    "mean_error": "mean error {:.1f} years",
    "coverage": "80 % range covers {:.0%} of ages",
    "within_one": "{:.1%} within one age group",
}
YEARS_PHRASES = PHRASES | {"worst_group": "worst group {:.1f} years"}


def headline_metrics(report: dict[str, dict[str, dict[str, Any]]]) -> dict[str, float]:
    """Selects the metrics for the contract, measured on the crops that the service cuts.

    Args:
        report: By data set and kind of crop, the result of `evaluation.evaluate_predictions`.
    """
    return {
        f"{source}_{name}": round(crops[DETECTED][name], 4)
        for source, crops in report.items()
        for name in HEADLINES
        if name in crops[DETECTED]
    }


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Writes a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1)
    # A row of a confusion matrix is easiest to read on one line.
    text = re.sub(r"\[[\d\s,.]+\]", lambda row: re.sub(r"\s+", " ", row[0]), text)
    path.write_text(text + "\n", encoding="utf-8")


def write_quality(contract: Path, model: str, quality: dict[str, float]) -> None:
    """Writes the `quality` line of a model's table and leaves the rest unchanged.

    Raises:
        ValueError: The contract has no such table.
    """
    line = "quality = { " + ", ".join(f"{name} = {value}" for name, value in quality.items()) + " }"
    tables = re.split(r"^(?=\[)", contract.read_text(encoding="utf-8"), flags=re.MULTILINE)
    own = next((i for i, text in enumerate(tables) if text.startswith(f"[{model}]")), None)
    if own is None:
        raise ValueError(f"{contract} has no table [{model}].")
    tables[own] = _with_line(tables[own], line)
    contract.write_text("".join(tables), encoding="utf-8")


def _with_line(table: str, line: str) -> str:
    """Replaces the `quality` line of a table, or adds it after the table's name."""
    changed, found = re.subn(r"^quality\s*=.*", lambda _: line, table, flags=re.MULTILINE)
    name, _, keys = table.partition("\n")
    return changed if found else f"{name}\n{line}\n{keys}"


def summary(metrics: dict[str, Any]) -> str:
    """The headline metrics of one data set in words."""
    phrases = YEARS_PHRASES if "mean_error" in metrics else PHRASES
    parts = [phrases[name].format(metrics[name]) for name in HEADLINES if name in metrics]
    return re.sub(r"(?<=\d)%", " %", "; ".join(parts))


def metrics_table(reports: Path) -> str:
    """Builds a Markdown table of every model's headline metrics from a folder of reports."""
    rows = ["| model | test data | results |", "| --- | --- | --- |"]
    for path in sorted(reports.glob("*.json")):
        for source, crops in json.loads(path.read_text(encoding="utf-8"))["data"].items():
            rows.append(f"| {path.stem} | {source} | {summary(crops[DETECTED])} |")
    return "\n".join(rows)


def write_readme_table(page: Path, reports: Path) -> None:
    """Writes the table between `<!-- figures -->` and `<!-- /figures -->` on a page."""
    text, table = page.read_text(encoding="utf-8"), metrics_table(reports)
    pattern = r"(<!-- figures -->\n).*(<!-- /figures -->)"
    filled = re.sub(pattern, lambda m: f"{m[1]}{table}\n{m[2]}", text, flags=re.DOTALL)
    page.write_text(filled, encoding="utf-8")
