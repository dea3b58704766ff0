"""Markdown tables of measurements."""

from __future__ import annotations

from collections.abc import Sequence

Row = dict[str, str | int | float]
"""A row of a table: column -> value."""


def markdown_table(rows: Sequence[Row]) -> str:
    """Formats rows as a table. The first row defines the order of the columns."""
    columns = list(rows[0])
    cells = ([format_value(row[column]) for column in columns] for row in rows)
    lines = [columns, ["---"] * len(columns), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def format_value(value: str | float) -> str:
    """Formats a number with three digits, or as a whole number from 100 on."""
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)
