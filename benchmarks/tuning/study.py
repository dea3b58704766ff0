"""Study: tables and findings about one question, and their Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.markdown import Row, markdown_table


@dataclass(frozen=True)
class Finding:
    """The present and the measured value of a constant.

    Attributes:
        constant: Name of the constant.
        present: Its value in the code.
        measured: The value that the rule selects; None if it selects none.
        rule: How the value follows from the tables.
    """

    constant: str
    present: float
    measured: float | None
    rule: str


@dataclass(frozen=True)
class Table:
    """A table with its caption."""

    caption: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Study:
    """One question and its answer.

    Attributes:
        title: Heading of the section.
        method: How it was measured, in a few sentences.
        tables: The measurements.
        findings: The constants that follow.
    """

    title: str
    method: str
    tables: Sequence[Table]
    findings: Sequence[Finding]


def to_markdown(study: Study) -> str:
    """Formats a study as a section of a page."""
    parts = [f"## {study.title}", study.method]
    for table in study.tables:
        parts += [table.caption, markdown_table(table.rows)]
    return "\n\n".join(parts)


def findings_table(studies: Iterable[Study]) -> str:
    """Formats the constants of all studies as one table."""
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
    """Converts a study to JSON, with four digits per number."""
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
    """Rounds a number to four digits and returns anything else unchanged."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
