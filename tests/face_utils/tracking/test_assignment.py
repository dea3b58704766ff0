from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from face_utils.tracking.assignment import LEFT_OUT, assign


def total(costs, pairs, size):
    """Sum of a solution in which what is left out costs `LEFT_OUT` for each missing pair."""
    return sum(costs[pair] for pair in pairs) + LEFT_OUT * (size - len(pairs))


def least(costs, rows, columns):
    """The least sum, by trying everything."""
    size, longest = sorted((rows, columns))
    best = float("inf")
    for order in permutations(range(longest), size):
        pairs = [(n, k) if rows <= columns else (k, n) for n, k in enumerate(order)]
        best = min(best, sum(min(costs.get(pair, LEFT_OUT), LEFT_OUT) for pair in pairs))
    return best


@pytest.mark.parametrize("seed", range(200))
def test_the_sum_of_all_costs_is_least(seed):
    rng = np.random.default_rng(seed)
    rows, columns = (int(n) for n in rng.integers(1, 6, 2))
    share = rng.uniform(0.1, 1)
    costs = {
        (i, j): float(rng.uniform(0, LEFT_OUT))
        for i in range(rows)
        for j in range(columns)
        if rng.random() < share
    }

    partners = assign(costs)

    pairs = [(row, column) for column, row in partners.items()]
    assert len({row for row, _ in pairs}) == len(pairs)
    assert total(costs, pairs, min(rows, columns)) == pytest.approx(least(costs, rows, columns))


def test_a_track_gives_way_to_one_that_has_no_other_choice():
    assert assign({(0, 0): 0.1, (0, 1): 0.2, (1, 0): 0.3}) == {1: 0, 0: 1}


def test_a_newcomer_does_not_push_everybody_one_place_on():
    """Track 0 is gone, and a new face 2 is beside face 1."""
    assert assign({(0, 1): 0.9, (1, 1): 0.05, (1, 2): 0.9}) == {1: 1}


def test_without_possible_pairs_nothing_is_assigned():
    assert assign({}) == {}
