"""Statistics of a client's samples."""

from __future__ import annotations

import math

import pytest

from benchmarks.attack.samples import Sample, client_stats, jain_index, percentile


@pytest.mark.parametrize(
    ("shares", "index"), [([3, 3, 3], 1.0), ([9, 0, 0], 1 / 3), ([1, 3], 0.8), ([0, 0], 0.0)]
)
def test_jains_index_is_one_for_equal_shares_and_falls_to_one_of_n(
    shares: list[float], index: float
) -> None:
    assert jain_index(shares) == pytest.approx(index)


@pytest.mark.parametrize(("share", "value"), [(0, 1), (50, 50), (95, 95), (100, 100)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_no_values_have_no_finite_percentile() -> None:
    assert percentile([], 95) == math.inf


def test_lost_responses_count_as_infinitely_late() -> None:
    kept = [Sample(i, i + 0.01, ok=True) for i in range(18)]
    lost = [Sample(18, 19, ok=False), Sample(19, 20, ok=False)]
    seen = client_stats(kept + lost, 0, 20)
    assert (seen.p95_ms, seen.failed, seen.rate) == (math.inf, 2, 0.9)


def test_a_late_response_counts_when_it_arrives_and_its_time_when_it_was_sent() -> None:
    late = [Sample(1.0, 4.0, ok=True)]
    assert client_stats(late, 0, 2).rate == 0
    assert client_stats(late, 0, 2).max_ms == 3000
    assert client_stats(late, 2, 5).rate == pytest.approx(1 / 3)
