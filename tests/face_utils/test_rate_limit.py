from __future__ import annotations

import numpy as np

from face_utils.rate_limit import RateLimit


def test_a_second_worth_of_frames_passes_at_once_and_then_no_more():
    limit = RateLimit(10, now=0)

    assert [limit.allows(0) for _ in range(12)] == [True] * 10 + [False] * 2


def test_frames_at_the_rate_pass_for_ever():
    limit = RateLimit(8, now=0)

    assert all(limit.allows(frame / 8) for frame in range(1000))


def test_a_client_that_is_too_fast_gets_its_rate_in_the_long_run():
    limit = RateLimit(10, now=0)

    passed = sum(limit.allows(frame / 64) for frame in range(64 * 60))

    assert passed == 10 * 60 + 9


def test_waiting_earns_no_more_than_a_second_worth():
    limit = RateLimit(5, now=0)

    assert sum(limit.allows(3600) for _ in range(100)) == 5


def test_a_rate_below_one_a_second_lets_the_first_frame_pass():
    limit = RateLimit(0.5, now=0)

    assert [limit.allows(now) for now in (0, 1, 2, 3, 4)] == [True, False, True, False, True]


def test_no_window_ever_passes_more_than_the_rate_and_one_burst():
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.exponential(1 / 40, 3000))
    limit = RateLimit(20, now=0)

    passed = np.array([now for now in times if limit.allows(float(now))])

    for start in rng.choice(passed, 50):
        assert ((passed >= start) & (passed < start + 3)).sum() <= 3 * 20 + 20
