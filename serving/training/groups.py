"""Groups of faces for which a model is evaluated separately."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from serving.training.faces import UNKNOWN, Faces

AGE_BANDS = ((0, 2), (3, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 116))
"""The nine age groups of FairFace."""

GENDERS = ("female", "male")
BABIES = "age 0-2"
MIN_GROUP_SIZE = 30


def band_of(years: NDArray[np.float32] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of the age band of each age. Halves are rounded up, like the bins of the model."""
    starts = np.array([first for first, _ in AGE_BANDS[1:]]) - 0.5
    return np.searchsorted(starts, years, side="right").astype(np.int64)


def groups(faces: Faces) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yields the name and rows of every non-empty group by gender, age band and ethnicity."""
    bands = band_of(faces.ages[:, 0].astype(np.int64))
    known = faces.ages[:, 0] != UNKNOWN
    yield from _non_empty((f"gender {name}", faces.gender == i) for i, name in enumerate(GENDERS))
    yield from _non_empty(
        (f"age {first}-{last}", known & (bands == i)) for i, (first, last) in enumerate(AGE_BANDS)
    )
    names = np.unique(faces.group[faces.group != ""])
    yield from _non_empty((f"ethnicity {name}", faces.group == name) for name in names)


def per_group(
    faces: Faces, measure: Callable[[NDArray[np.bool_]], dict[str, float]]
) -> dict[str, dict[str, float]]:
    """Number of faces and metrics of each group."""
    return {
        name: {"faces": int(rows.sum())} | {k: round(v, 4) for k, v in measure(rows).items()}
        for name, rows in groups(faces)
    }


def worst_group(groups: dict[str, dict[str, float]], metric: str, higher_is_better: bool) -> str:
    """Name of the group with the worst value of a metric; empty if no group qualifies.

    Babies are left out, because a baby's face does not show gender, and so are small groups.
    """
    candidates = {
        name: metrics[metric]
        for name, metrics in groups.items()
        if metrics["faces"] >= MIN_GROUP_SIZE and name != BABIES
    }
    pick = min if higher_is_better else max
    return pick(candidates, key=candidates.__getitem__, default="")


def _non_empty(
    named: Iterator[tuple[str, NDArray[np.bool_]]],
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    return ((name, rows) for name, rows in named if rows.any())
