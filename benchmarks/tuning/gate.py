"""Study: where the quality gate should close."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from benchmarks.tuning.cameras import DIM_NOISE, NOISE
from benchmarks.tuning.damage import DAMAGES, Damage
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.models import Model
from benchmarks.tuning.rules import Mask, crossing
from benchmarks.tuning.study import Finding, Row, Study, Table
from benchmarks.tuning.trials import VIEWS, Trial, attempt

BINS = 10
FEWEST = 100
KEPT = 0.9

METHOD = f"""\
Held-out faces of FER+ and UTKFace, each damaged {VIEWS} times from mildly to harshly, then with a
sensor's noise ({NOISE:g} grey levels, {DIM_NOISE:g} in little light) and a JPEG as the page sends
it. The views are sorted by the gate's measure into {BINS} groups; the first column is a group's
median. Emotion and gender: accuracy in percent; age: mean error in years. Kept is the share of the
skill that is left of what the model has on the same faces undamaged; skill is 0 for always giving
the commonest answer and 1 for always being right (Murphy 1988). A bound lies where the first model
falls below {KEPT:.0%} for good: damages come together, and three that leave {KEPT:.0%} each leave
less than three quarters."""


def study(askers: Sequence[tuple[Model, Sample]], rng: Generator) -> Study:
    """Damages faces in every way that the gate should notice.

    Args:
        askers: Models, each with the faces to ask it about.
        rng: Draws the amounts of damage and the noise.
    """
    tables, findings, refused = [], [], []
    for damage in DAMAGES:
        trials = [attempt(damage, model, sample, rng) for model, sample in askers]
        rows = curve(damage, trials)
        tables.append(Table(f"{damage.name.capitalize()} (`{damage.constant}`):", rows))
        findings.append(_finding(damage, rows))
        refused.append(_refused(damage, findings[-1].measured, trials))
    tables.append(Table("Undamaged held-out faces that a bound refuses, in percent:", refused))
    return Study("Quality gate", METHOD, tables, findings)


def _finding(damage: Damage, rows: Sequence[Row]) -> Finding:
    kept = [first_kept(row) for row in rows]
    measured = crossing([float(row["measure"]) for row in rows], kept, KEPT)
    rule = f"the first model has lost {1 - KEPT:.0%} of its skill"
    return Finding(f"quality.{damage.constant}", damage.bound, measured, rule)


def curve(damage: Damage, trials: Sequence[Trial]) -> list[Row]:
    """What is left of each model's skill by the gate's measure, from harmless to harmful."""
    values = np.concatenate([trial.values for trial in trials])
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)))
    edges[-1] = np.inf
    rows = [_group(trials, low, high) for low, high in pairwise(edges)]
    return rows[::-1] if damage.refuses_below else rows


def first_kept(row: Row) -> float:
    """The least share of the skill that a model keeps in a group."""
    return min(float(v) / 100 for name, v in row.items() if name.endswith("kept %") and v != "")


def _group(trials: Sequence[Trial], low: float, high: float) -> Row:
    inside = [(trial.values >= low) & (trial.values < high) for trial in trials]
    values = [trial.values[rows] for trial, rows in zip(trials, inside, strict=True)]
    row: Row = {"measure": float(np.median(np.concatenate(values)))}
    for trial, rows in zip(trials, inside, strict=True):
        row |= _columns(trial, rows)
    return row


def _columns(trial: Trial, rows: Mask) -> Row:
    """A model's figures in a group; empty where it has seen too few of its faces."""
    name, enough = trial.spec.name, rows.sum() >= FEWEST
    return {
        name: trial.score(rows) if enough else "",
        f"{name}: kept %": 100 * trial.kept(rows) if enough else "",
    }


def _refused(damage: Damage, measured: float | None, trials: Sequence[Trial]) -> Row:
    values = np.concatenate([trial.plain_values for trial in trials])
    row: Row = {"bound": f"`{damage.constant}`"}
    for name, bound in (("in the code", damage.bound), ("measured", measured)):
        row |= {name: "none" if bound is None else bound, f"{name}: refused": 0.0}
        if bound is not None:
            beyond = values < bound if damage.refuses_below else values > bound
            row[f"{name}: refused"] = 100 * float(beyond.mean())
    return row
