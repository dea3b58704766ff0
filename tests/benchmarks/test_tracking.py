from __future__ import annotations

import pytest

from benchmarks.tracking import crowd_row, outcome


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ({0: 1, 1: 2}, "kept"),
        ({0: 2, 1: 1}, "swapped"),
        ({0: 2, 1: 3}, "swapped"),
        ({0: 1, 1: 3}, "new"),
    ],
)
def test_a_swap_is_an_id_of_the_other_person(end: dict[int, int], expected: str) -> None:
    assert outcome({0: 1, 1: 2}, end) == expected


def test_a_crowd_costs_more_than_one_person() -> None:
    one, many = crowd_row(1), crowd_row(16)

    assert float(many["CPU per frame, ms"]) > float(one["CPU per frame, ms"]) > 0
