"""The form in which every study hands over what it found, and its Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, str | int | float]
"""A line of a table: column -> value."""


@dataclass(frozen=True)
class Finding:
    """What a constant is and what it should be.

    Attributes:
        constant: Its name.
        present: Its value in the code.
        measured: The value that the rule gives; None where it gives none.
        rule: How the value follows from the tables.
    """

    constant: str
    present: float
    measured: float | None
    rule: str


@dataclass(frozen=True)
class Table:
    """Rows of figures under a sentence."""

    caption: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Study:
    """One question and its answer.

    Attributes:
        title: What it is about.
        method: How it was measured, in a few sentences.
        tables: The figures.
        findings: The constants that follow.
    """

    title: str
    method: str
    tables: Sequence[Table]
    findings: Sequence[Finding]


def to_markdown(study: Study) -> str:
    """The study as a section of a page."""
    parts = [f"## {study.title}", study.method]
    for table in study.tables:
        parts += [table.caption, markdown_table(table.rows)]
    return "\n\n".join(parts)


def markdown_table(rows: Sequence[Row]) -> str:
    """Rows of figures, the columns in the order of the first row."""
    columns = list(rows[0])
    lines = [columns, ["---"] * len(columns), *([shown(row[c]) for c in columns] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(value: str | float) -> str:
    """A value with three digits, or more where it is a whole number."""
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)


def findings_table(studies: Iterable[Study]) -> str:
    """All constants of all studies."""
    rows: list[Row] = [
        {
            "constant": f"`{finding.constant}`",
            "in the code": finding.present,
            "measured": "none" if finding.measured is None else finding.measured,
            "rule": finding.rule,
        }
        for study in studies
        for finding in study.findings
    ]
    return markdown_table(rows)


def to_json(study: Study) -> dict[str, Any]:
    """The study's figures, four digits each."""
    return {
        "tables": {table.caption: [_rounded(row) for row in table.rows] for table in study.tables},
        "findings": {
            finding.constant: {
                "present": finding.present,
                "measured": _short(finding.measured),
                "rule": finding.rule,
            }
            for finding in study.findings
        },
    }


def _rounded(row: Row) -> dict[str, Any]:
    return {name: _short(value) for name, value in row.items()}


def _short(value: str | float | None) -> str | float | None:
    """A number with four digits; anything else as it is."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
