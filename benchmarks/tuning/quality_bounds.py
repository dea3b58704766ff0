"""Study of the quality bounds: which faces are too degraded to predict."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from benchmarks.markdown import Row
from benchmarks.models import Model
from benchmarks.tuning.camera_simulation import LOW_LIGHT_NOISE, NOISE
from benchmarks.tuning.degradation_runs import VIEWS, DegradationRun, run_degradation
from benchmarks.tuning.degradations import DEGRADATIONS, Degradation
from benchmarks.tuning.held_out import Sample
from benchmarks.tuning.selection_rules import Mask, find_bound
from benchmarks.tuning.study import Finding, Study, Table

BINS = 10
MIN_FACES = 100
KEPT = 0.9

METHOD = f"""\
Held-out faces of FER+ and UTKFace are degraded {VIEWS} times each, from mild to harsh. Then sensor
noise ({NOISE:g} grey levels, {LOW_LIGHT_NOISE:g} in low light) and the JPEG compression of the page
are added. The views are sorted by the quality measure into {BINS} groups, and the first column is
the median of a group.

Emotion and gender show the accuracy in percent, age the mean error in years. Kept is the share of
the skill that is left, compared with the same faces without degradation. The skill is 0 for always
predicting the most frequent label and 1 for always being right (Murphy 1988). A bound is where the
first model stays below {KEPT:.0%}. Degradations occur together, and three that leave {KEPT:.0%}
each leave less than three quarters."""


def study(samples: Sequence[tuple[Model, Sample]], rng: Generator) -> Study:
    """Degrades faces in every way that the quality check should detect.

    Args:
        samples: Models, each with the faces to predict.
        rng: Draws the amounts of degradation and the noise.
    """
    tables, findings, refused = [], [], []
    for degradation in DEGRADATIONS:
        runs = [run_degradation(degradation, model, sample, rng) for model, sample in samples]
        rows = curve(degradation, runs)
        tables.append(Table(f"{degradation.name.capitalize()} (`{degradation.constant}`):", rows))
        findings.append(_finding(degradation, rows))
        refused.append(_refused(degradation, findings[-1].measured, runs))
    tables.append(Table("Held-out faces without degradation that a bound refuses:", refused))
    return Study("Quality bounds", METHOD, tables, findings)


def _finding(degradation: Degradation, rows: Sequence[Row]) -> Finding:
    kept = [least_kept(row) for row in rows]
    measured = find_bound([float(row["measure"]) for row in rows], kept, KEPT)
    rule = f"the first model has lost {1 - KEPT:.0%} of its skill"
    return Finding(f"quality.{degradation.constant}", degradation.bound, measured, rule)


def curve(degradation: Degradation, runs: Sequence[DegradationRun]) -> list[Row]:
    """Returns each model's remaining skill by quality measure, from harmless to harmful."""
    values = np.concatenate([run.values for run in runs])
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)))
    edges[-1] = np.inf
    rows = [_group(runs, low, high) for low, high in pairwise(edges)]
    return rows[::-1] if degradation.refuses_below else rows


def least_kept(row: Row) -> float:
    """Returns the smallest share of the skill that a model keeps in a group."""
    return min(float(v) / 100 for name, v in row.items() if name.endswith("kept %") and v != "")


def _group(runs: Sequence[DegradationRun], low: float, high: float) -> Row:
    inside = [(run.values >= low) & (run.values < high) for run in runs]
    values = [run.values[rows] for run, rows in zip(runs, inside, strict=True)]
    row: Row = {"measure": float(np.median(np.concatenate(values)))}
    for run, rows in zip(runs, inside, strict=True):
        row |= _columns(run, rows)
    return row


def _columns(run: DegradationRun, rows: Mask) -> Row:
    """A model's columns in a group; empty if the group has too few of its faces."""
    name, enough = run.spec.name, rows.sum() >= MIN_FACES
    return {
        name: run.score(rows) if enough else "",
        f"{name}: kept %": 100 * run.kept(rows) if enough else "",
    }


def _refused(
    degradation: Degradation, measured: float | None, runs: Sequence[DegradationRun]
) -> Row:
    values = np.concatenate([run.plain_values for run in runs])
    row: Row = {"bound": f"`{degradation.constant}`"}
    for name, bound in (("in the code", degradation.bound), ("measured", measured)):
        row |= {name: "none" if bound is None else bound, f"{name}: refused %": 0.0}
        if bound is not None:
            beyond = values < bound if degradation.refuses_below else values > bound
            row[f"{name}: refused %"] = 100 * float(beyond.mean())
    return row
