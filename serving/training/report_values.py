"""Puts measured figures where people read them: a JSON per model, the contract and the README."""

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

SENTENCES = {
    "accuracy": "{:.1%} right",
    "macro_f1": "macro F1 {:.2f}",
    "calibration_error": "calibration error {:.1%}",
    "worst_group": "{:.1%} in the worst group",
    "mean_error": "mean error {:.1f} years",
    "coverage": "the 80 % range holds the truth {:.0%} of the time",
    "within_one": "{:.1%} within one age group",
}
YEARS_SENTENCES = SENTENCES | {"worst_group": "{:.1f} years in the worst group"}


def headline_metrics(report: dict[str, dict[str, dict[str, Any]]]) -> dict[str, float]:
    """The few figures of a report that the contract carries, for the framing that serves.

    Args:
        report: By data set and framing, what `judgement.judge` returned.
    """
    return {
        f"{source}_{name}": round(framings[DETECTED][name], 4)
        for source, framings in report.items()
        for name in HEADLINES
        if name in framings[DETECTED]
    }


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Writes a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1)
    # A row of a confusion matrix reads best on one line.
    text = re.sub(r"\[[\d\s,.]+\]", lambda row: re.sub(r"\s+", " ", row[0]), text)
    path.write_text(text + "\n", encoding="utf-8")


def write_quality(contract: Path, model: str, quality: dict[str, float]) -> None:
    """Writes the `quality` line of a model's table, and leaves all else as it is.

    Raises:
        ValueError: The contract has no such table.
    """
    line = "quality = { " + ", ".join(f"{name} = {value}" for name, value in quality.items()) + " }"
    tables = re.split(r"^(?=\[)", contract.read_text(encoding="utf-8"), flags=re.MULTILINE)
    mine = next((i for i, text in enumerate(tables) if text.startswith(f"[{model}]")), None)
    if mine is None:
        raise ValueError(f"{contract} has no table [{model}]")
    tables[mine] = _with_line(tables[mine], line)
    contract.write_text("".join(tables), encoding="utf-8")


def _with_line(table: str, line: str) -> str:
    """The table with this line in place of its `quality`, or after its name if it has none."""
    changed, found = re.subn(r"^quality\s*=.*", lambda _: line, table, flags=re.MULTILINE)
    name, _, keys = table.partition("\n")
    return changed if found else f"{name}\n{line}\n{keys}"


def summary(figures: dict[str, Any]) -> str:
    """The headline_metrics of one data set in words."""
    words = YEARS_SENTENCES if "mean_error" in figures else SENTENCES
    said = "; ".join(words[name].format(figures[name]) for name in HEADLINES if name in figures)
    return re.sub(r"(?<=\d)%", " %", said)


def metrics_table(reports: Path) -> str:
    """A Markdown table of every model's headline_metrics, from the JSON files of a folder."""
    rows = ["| model | test data | figures |", "| --- | --- | --- |"]
    for path in sorted(reports.glob("*.json")):
        for source, framings in json.loads(path.read_text(encoding="utf-8"))["data"].items():
            rows.append(f"| {path.stem} | {source} | {summary(framings[DETECTED])} |")
    return "\n".join(rows)


def write_readme_table(page: Path, reports: Path) -> None:
    """Puts the table between the marks `<!-- figures -->` and `<!-- /figures -->` of a page."""
    text = page.read_text(encoding="utf-8")
    pattern = r"(<!-- figures -->\n).*(<!-- /figures -->)"
    filled = re.sub(
        pattern, lambda m: m[1] + metrics_table(reports) + "\n" + m[2], text, flags=re.DOTALL
    )
    page.write_text(filled, encoding="utf-8")
