"""Divides faces into the groups for which a model is measured separately."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from serving.training.faces import UNKNOWN, Faces

AGE_BANDS = ((0, 2), (3, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 116))
"""The nine age groups of FairFace."""

GENDERS = ("female", "male")
BABIES = "age 0-2"
SMALLEST_GROUP = 30


def band_of(years: NDArray[np.float32] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of the age band of each age; halves are rounded up, as the bins of the model are."""
    starts = np.array([first for first, _ in AGE_BANDS[1:]]) - 0.5
    return np.searchsorted(starts, years, side="right").astype(np.int64)


def groups(faces: Faces) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Names and rows of every group by gender, age band and ethnicity that is not empty."""
    bands = band_of(faces.ages[:, 0].astype(np.int64))
    known = faces.ages[:, 0] != UNKNOWN
    yield from _some((f"gender {name}", faces.gender == i) for i, name in enumerate(GENDERS))
    yield from _some(
        (f"age {first}-{last}", known & (bands == i)) for i, (first, last) in enumerate(AGE_BANDS)
    )
    names = np.unique(faces.group[faces.group != ""])
    yield from _some((f"ethnicity {name}", faces.group == name) for name in names)


def per_group(
    faces: Faces, figures: Callable[[NDArray[np.bool_]], dict[str, float]]
) -> dict[str, dict[str, float]]:
    """The figures of each group, after the number of its faces."""
    return {
        name: {"faces": int(rows.sum())} | {k: round(v, 4) for k, v in figures(rows).items()}
        for name, rows in groups(faces)
    }


def worst_group(groups: dict[str, dict[str, float]], figure: str, higher_is_better: bool) -> str:
    """Name of the group with the worst value of a figure; empty where there is none to name.

    Babies are left out, whose gender a face does not show, and groups too small to say anything.
    """
    named = {
        name: figures[figure]
        for name, figures in groups.items()
        if figures["faces"] >= SMALLEST_GROUP and name != BABIES
    }
    pick = min if higher_is_better else max
    return pick(named, key=named.__getitem__, default="")


def _some(
    named: Iterator[tuple[str, NDArray[np.bool_]]],
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    return ((name, rows) for name, rows in named if rows.any())
