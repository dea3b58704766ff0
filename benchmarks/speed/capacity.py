"""Search for the number of webcams that one core carries."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

from benchmarks.end_to_end import EndToEndMetrics, measure
from benchmarks.load import Load
from benchmarks.speed.checkout import Checkout
from benchmarks.speed.rounds import Cameras, warm_up

MAX_DROPPED = 0.02
MAX_EMOTION_P95_MS = 150.0
START = 4
MAX_CLIENTS = 240
"""The service accepts 250 sessions from one address in a benchmark."""
RESOLUTION = 0.08
ATTEMPTS = 2
"""Other work on the machine can fail a trial. A number is too large if all attempts fail."""


def measure_capacity(
    checkout: Checkout, cameras: Cameras, seconds: float
) -> tuple[int, EndToEndMetrics | None]:
    """Finds the largest number of webcams that a version carries on one core.

    The app and its model server share the machine's last core. The load comes from the others.

    Args:
        checkout: The version.
        cameras: The webcams.
        seconds: Duration of each trial.

    Returns:
        The number, and the measurements with it; 0 and None if it does not carry one webcam.
    """
    *others, last = sorted(os.sched_getaffinity(0))
    passed: dict[int, EndToEndMetrics] = {}
    with checkout.running([last]) as app:
        warm_up(app, cameras)

        def carries(clients: int) -> bool:
            for _ in range(ATTEMPTS):
                metrics = measure(app, Load(cameras.one, clients, seconds), cores=others)
                if keeps_up(metrics):
                    passed[clients] = metrics
                    return True
            return False

        most = find_largest(carries)
    return most, passed.get(most)


def keeps_up(metrics: EndToEndMetrics) -> bool:
    """Whether the app kept up with its webcams."""
    return (
        metrics.errors == 0
        and metrics.dropped < MAX_DROPPED
        and metrics.emotion_ms[1] <= MAX_EMOTION_P95_MS
    )


def find_largest(carries: Callable[[int], bool], start: int = START) -> int:
    """Returns the largest number for which `carries` holds, to within `RESOLUTION`.

    It doubles the number until it is too large, then halves the interval.
    """
    low, high = 0, start
    while high <= MAX_CLIENTS and carries(high):
        low, high = high, 2 * high
    high = min(high, MAX_CLIENTS + 1)
    while high - low > max(1, math.floor(RESOLUTION * low)):
        middle = (low + high) // 2
        low, high = (middle, high) if carries(middle) else (low, middle)
    return low
