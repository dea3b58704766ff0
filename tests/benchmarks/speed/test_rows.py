"""A row has both figures, their ratio, and whether the goals are met."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.speed.checkout import Checkout
from benchmarks.speed.rounds import Calls, Figures
from benchmarks.speed.rows import FIGURES, Figure, above_by, at_most, below, times


def figures(name, **values):
    return Figures(Checkout(name, Path(), "python"), **values)


def webcams(must, reach, before, now):
    figure = Figure("webcams", "{:.0f}", lambda one: one.webcams, must, reach)
    return figure.row(figures("old", webcams=before), figures("new", webcams=now))


def test_a_row_shows_both_versions_and_judges_both_goals():
    row = webcams(times(4), times(8), before=8, now=40)

    assert row == {
        "figure": "webcams",
        "old": "8",
        "now": "40",
        "now / before": "5.00",
        "must": "4 times: met",
        "reach for": "8 times: missed",
    }


@pytest.mark.parametrize(
    ("goal", "met", "missed"),
    [
        (at_most(Fraction(1, 4)), 25, 26),
        (times(4), 400, 399),
        (above_by(40, "MiB"), 140, 141),
        (above_by(0, "MiB"), 100, 101),
        (below(60, "60 ms"), 59, 60),
    ],
)
def test_a_goal_holds_up_to_its_limit(goal, met, missed):
    assert goal.holds(100, met)
    assert not goal.holds(100, missed)
    assert not goal.holds(100, math.nan)


def test_what_was_not_measured_is_empty_and_not_judged():
    rows = [figure.row(figures("old"), figures("new")) for figure in FIGURES]

    assert all(not row["old"] and not row["now"] for row in rows)
    assert not any("met" in str(row["must"]) for row in rows)


def test_the_goal_for_calls_is_independent_of_the_base():
    [calls] = [figure for figure in FIGURES if figure.name.startswith("gRPC calls per frame")]

    row = calls.row(figures("old"), figures("new", calls=Calls(30.0, 0.08)))

    assert row["must"] == "under 1/8: met"
