"""Puts measured figures where people read them: a JSON per model, and the contract."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

HEADLINES = ("accuracy", "macro_f1", "calibration_error", "mean_error", "coverage", "within_one")
DETECTED = "detected"


def headlines(report: dict[str, dict[str, dict[str, Any]]]) -> dict[str, float]:
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
    text = re.sub(r"\[[\d\s,]+\]", lambda row: re.sub(r"\s+", " ", row[0]), text)
    path.write_text(text + "\n", encoding="utf-8")


def write_quality(contract: Path, model: str, quality: dict[str, float]) -> None:
    """Replaces the `quality` line in a model's table, and leaves all else as it is.

    Raises:
        ValueError: The contract has no such table, or the table no such line.
    """
    line = "quality = { " + ", ".join(f"{name} = {value}" for name, value in quality.items()) + " }"
    text = contract.read_text(encoding="utf-8")
    pattern = rf"(^\[{model}\]$(?:\n(?!\[).*)*?\n)quality = \{{.*\}}$"
    changed, found = re.subn(pattern, lambda m: m[1] + line, text, flags=re.MULTILINE)
    if found != 1:
        raise ValueError(f"{contract} has no quality line for {model}")
    contract.write_text(changed, encoding="utf-8")
