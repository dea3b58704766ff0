import pytest

from benchmarks.detection.scenarios.crossings import CASES, is_swap


@pytest.mark.parametrize(
    ("after", "swapped"),
    [([1, 2], False), ([2, 1], True), ([3, 1], True), ([3, 4], False), ([None, None], False)],
)
def test_person_with_other_persons_id_is_swapped(after, swapped):
    assert is_swap([1, 2], after) is swapped


def test_half_of_28_crossings_turn_back():
    assert (len(CASES), sum(case.turns_back for case in CASES)) == (28, 14)
