"""Two people pass behind each other, or turn back behind each other, and keep their ids."""

from __future__ import annotations

import numpy as np
import pytest

from face_utils.tracking import Tracker
from tests.support.walks import (
    Crossing,
    SimulatedDetector,
    Walk,
    cross,
    eight_people,
    ids_at_start_and_end,
    random_crossing,
)

GOOD = SimulatedDetector(jitter=0.02)
POOR = SimulatedDetector(jitter=0.05, missed=0.1)


def swapped(crossings: list[Crossing], detector: SimulatedDetector) -> list[int]:
    """The crossings after which a person has the other one's id."""
    results = [ids_at_start_and_end(c, Tracker(), detector, n) for n, c in enumerate(crossings)]
    return [n for n, (start, end) in enumerate(results) if start[0] == end[1] or start[1] == end[0]]


def kept(crossings: list[Crossing], detector: SimulatedDetector) -> int:
    """Number of crossings after which both people have their ids."""
    results = [ids_at_start_and_end(c, Tracker(), detector, n) for n, c in enumerate(crossings)]
    return sum(start == end for start, end in results)


@pytest.mark.parametrize("turn", [True, False], ids=["turn back", "pass"])
@pytest.mark.parametrize("rate", [10, 30])
@pytest.mark.parametrize("detector", [GOOD, POOR], ids=["good detector", "poor detector"])
def test_of_28_crossings_none_swaps_two_people(detector, rate, turn):
    crossings = eight_people(turn=turn, rate=rate)

    assert len(crossings) == 28
    assert swapped(crossings, detector) == []
    assert kept(crossings, detector) == 28


@pytest.mark.parametrize("turn", [True, False], ids=["turn back", "pass"])
def test_at_5_frames_per_second_and_with_missed_faces_few_are_swapped(turn):
    assert len(swapped(eight_people(turn=turn, rate=5), POOR)) <= 6


@pytest.mark.parametrize("turn", [True, False], ids=["turn back", "pass"])
def test_of_random_crossings_nearly_none_swaps_two_people(turn):
    rng = np.random.default_rng(7)
    crossings = [random_crossing(rng, turn=turn) for _ in range(100)]

    assert len(swapped(crossings, GOOD)) <= 2
    assert len(swapped(crossings, POOR)) <= 10


@pytest.mark.parametrize("turn", [True, False], ids=["turn back", "pass"])
def test_two_people_of_different_size_are_told_apart_after_nobody_saw_them(turn):
    a, b = Walk(70, 1.5, 240), Walk(120, 1.2, 244)
    crossings = [cross(a, b, 0.5, turn=turn, rate=10, unseen=1.6) for _ in range(10)]

    assert kept(crossings, GOOD) == 10


def test_two_people_of_the_same_size_whom_nobody_saw_get_new_ids_rather_than_each_other_s():
    a, b = Walk(100, 1.5, 240), Walk(100, 1.5, 240)
    crossings = [cross(a, b, 1.0, turn=n % 2 == 0, rate=10, unseen=2.0) for n in range(20)]

    assert len(swapped(crossings, GOOD)) <= 2
