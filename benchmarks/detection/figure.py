"""One line of the comparison."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What one version reaches.

    Attributes:
        name: What is measured.
        value: The measurement, as text.
        goal: What should be reached; empty if nothing is asked for.
    """

    name: str
    value: str
    goal: str = ""


def percent(share: float) -> str:
    """Formats a share."""
    return f"{100 * share:.0f} %"


def of(found: int, total: int) -> str:
    """Formats a count of cases."""
    return f"{found} of {total}"
