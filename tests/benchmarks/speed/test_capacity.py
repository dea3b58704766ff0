"""The search finds the largest number that passes, with few trials."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.end_to_end import EndToEndMetrics
from benchmarks.speed.capacity import MAX_CLIENTS, RESOLUTION, find_largest, keeps_up

GOOD = EndToEndMetrics(
    clients=4,
    analysed=400,
    faces=1.0,
    ack_ms=(10.0, 20.0, 30.0),
    emotion_ms=(20.0, 150.0, 300.0),
    predicted=0.95,
    dropped=0.019,
    errors=0,
    app_cpu_ms=8.0,
    loop_ms=2.0,
    model_cpu_ms=2.0,
    app_rss_mib=150.0,
    model_rss_mib=200.0,
    generator_cpu=0.1,
)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 7, 8, 31, 100, 190])
def test_the_largest_number_is_found_to_within_the_resolution(most):
    trials = []

    def carries(clients):
        trials.append(clients)
        return clients <= most

    found = find_largest(carries)

    assert found <= most <= found + max(1, RESOLUTION * found)
    assert len(trials) <= 10
    assert len(set(trials)) == len(trials)


def test_none_is_found_where_not_even_one_passes():
    assert find_largest(lambda clients: False) == 0


def test_the_search_ends_at_the_largest_number_of_clients():
    assert find_largest(lambda clients: True) >= MAX_CLIENTS * (1 - RESOLUTION)


@pytest.mark.parametrize(
    "change",
    [
        {"errors": 1},
        {"dropped": 0.02},
        {"emotion_ms": (20.0, 151.0, 151.0)},
        {"emotion_ms": (float("nan"),) * 3},
    ],
    ids=["error", "dropped", "late", "no emotions"],
)
def test_a_version_keeps_up_only_if_every_limit_holds(change):
    assert keeps_up(GOOD)
    assert not keeps_up(replace(GOOD, **change))
