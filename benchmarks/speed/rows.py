"""Rows of the comparison: a figure of both versions, their ratio, and what must be reached."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

import numpy as np

from benchmarks.markdown import Row
from benchmarks.speed.rounds import Figures, Round

Holds = Callable[[float, float], bool]
START_TOLERANCE = 1.05
"""Two starts of the same version differ by about 5 %."""


@dataclass(frozen=True)
class Goal:
    """What a figure must reach.

    Attributes:
        text: Description.
        holds: Whether it is reached, from the figures of the base and of this checkout.
    """

    text: str
    holds: Holds


@dataclass(frozen=True)
class Figure:
    """A figure to compare.

    Attributes:
        name: Name.
        form: Format string of its value.
        read: Reads it from all measurements of a version.
        must: What must be reached, or None for a figure without a goal.
        reach: What would be better still.
    """

    name: str
    form: str
    read: Callable[[Figures], float]
    must: Goal | None = None
    reach: Goal | None = None

    def row(self, base: Figures, present: Figures) -> Row:
        """Returns its row of the table."""
        old, new = self.read(base), self.read(present)
        return {
            "figure": self.name,
            base.checkout.name: self._format(old),
            "now": self._format(new),
            "now / before": f"{new / old:.2f}" if old > 0 else "",
            "must": _judge(self.must, old, new),
            "reach for": _judge(self.reach, old, new),
        }

    def _format(self, value: float) -> str:
        """Formats a value; empty if it was not measured."""
        return "" if math.isnan(value) else self.form.format(value)


def at_most(share: Fraction) -> Goal:
    """At most a share of the base."""
    return Goal(f"{share}", lambda old, new: new <= share * old)


def times(factor: int) -> Goal:
    """At least a multiple of the base."""
    return Goal(f"{factor} times", lambda old, new: new >= factor * old)


def above_by(difference: float, unit: str) -> Goal:
    """At most a difference above the base."""
    text = f"at most {difference:.0f} {unit} above" if difference else "no more"
    return Goal(text, lambda old, new: new <= old + difference)


def below(limit: float, text: str) -> Goal:
    """Less than a fixed limit."""
    return Goal(f"under {text}", lambda _, new: new < limit)


def _judge(goal: Goal | None, old: float, new: float) -> str:
    if goal is None or math.isnan(new):
        return goal.text if goal else ""
    return f"{goal.text}: {'met' if goal.holds(old, new) else 'missed'}"


def _typical(read: Callable[[Round], float]) -> Callable[[Figures], float]:
    """Reads the median of all rounds."""
    return lambda figures: median([read(one) for one in figures.rounds] or [math.nan])


def _page_p95(figures: Figures) -> float:
    return float(np.percentile(figures.page_ms or [math.nan], 95))


QUARTER, SIXTH = at_most(Fraction(1, 4)), at_most(Fraction(1, 6))
THIRD, FIFTH = at_most(Fraction(1, 3)), at_most(Fraction(1, 5))
FIGURES = [
    Figure(
        "CPU per frame, 10 clients, one face each, ms",
        "{:.2f}",
        _typical(lambda one: one.ten.cpu_ms),
        QUARTER,
        SIXTH,
    ),
    Figure(
        "CPU per frame, 10 clients, three faces each, ms",
        "{:.2f}",
        _typical(lambda one: one.crowded.cpu_ms),
        THIRD,
        FIFTH,
    ),
    Figure("webcams on one core", "{:.0f}", lambda figures: figures.webcams, times(4), times(8)),
    Figure(
        "event loop per frame, 10 clients, ms",
        "{:.2f}",
        _typical(lambda one: one.ten.loop_ms),
        THIRD,
        FIFTH,
    ),
    Figure(
        "one client, frame sent to boxes, p50, ms",
        "{:.1f}",
        _typical(lambda one: one.alone.ack_ms[0]),
        THIRD,
        QUARTER,
    ),
    Figure(
        "one client, frame sent to boxes, p95, ms",
        "{:.1f}",
        _typical(lambda one: one.alone.ack_ms[1]),
    ),
    Figure("gRPC calls per second, 40 clients", "{:.0f}", lambda f: f.calls.per_second),
    Figure(
        "gRPC calls per frame, 40 clients",
        "{:.3f}",
        lambda figures: figures.calls.per_frame,
        below(1 / 8, "1/8"),
    ),
    Figure(
        "memory (PSS) of app and model server, MiB",
        "{:.0f}",
        _typical(lambda one: one.app_mib + one.model_mib),
        above_by(40, "MiB"),
        above_by(0, "MiB"),
    ),
    Figure(
        "start to ready, s",
        "{:.2f}",
        lambda figures: min(figures.ready_seconds, default=math.nan),
        Goal("not slower", lambda old, new: new <= START_TOLERANCE * old),
    ),
    Figure("page, picture to boxes, p95, ms", "{:.0f}", _page_p95, below(60, "60 ms")),
    Figure("page, frames per second", "{:.0f}", lambda figures: figures.page_rate),
]
