"""Parts of a run. In each part the versions take turns, so that drift affects both."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import in_process
from benchmarks.speed.capacity import measure_capacity
from benchmarks.speed.page import measure_page
from benchmarks.speed.rounds import Cameras, Figures, measure_calls, measure_round


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes:
        starts: Starts of each version.
        rounds: Rounds of each version.
        load_seconds: Duration of each load of a round.
        trial_seconds: Duration of each trial of the search for the number of webcams.
        page_seconds: Duration in the browser.
    """

    starts: int
    rounds: int
    load_seconds: float
    trial_seconds: float
    page_seconds: float


FULL = Effort(starts=4, rounds=2, load_seconds=8, trial_seconds=6, page_seconds=12)
QUICK = Effort(starts=2, rounds=1, load_seconds=4, trial_seconds=2.5, page_seconds=4)

IN_PROCESS_FRAMES = 400

Versions = Sequence[Figures]
Part = Callable[[Versions, Cameras, Effort], None]


def _starts(versions: Versions, _: Cameras, effort: Effort) -> None:
    for figures in list(versions) * effort.starts:
        figures.ready_seconds.append(figures.checkout.start_seconds())


def _calls(versions: Versions, cameras: Cameras, effort: Effort) -> None:
    for figures in versions:
        figures.calls = measure_calls(figures.checkout, cameras, effort.load_seconds)


def _rounds(versions: Versions, cameras: Cameras, effort: Effort) -> None:
    for figures in list(versions) * effort.rounds:
        figures.rounds.append(measure_round(figures.checkout, cameras, effort.load_seconds))


def _webcams(versions: Versions, cameras: Cameras, effort: Effort) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        return  # The load needs a core of its own.
    for figures in versions:
        figures.webcams, figures.at_limit = measure_capacity(
            figures.checkout, cameras, effort.trial_seconds
        )


def _page(versions: Versions, _: Cameras, effort: Effort) -> None:
    for figures in versions:
        figures.page_ms, figures.page_rate = measure_page(figures.checkout, effort.page_seconds)


def _in_process(versions: Versions, _: Cameras, __: Effort) -> None:
    versions[-1].in_process_ms = in_process.measure(IN_PROCESS_FRAMES)


PARTS: dict[str, Part] = {
    "starts": _starts,
    "calls": _calls,
    "rounds": _rounds,
    "webcams": _webcams,
    "page": _page,
    "in-process": _in_process,
}
"""All parts by name, in order."""
