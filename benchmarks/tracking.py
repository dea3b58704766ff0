"""Measures how well ids stay with simulated people, and the CPU time of the tracker.

python -m benchmarks.tracking                  crossings, crowds and CPU time
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np

from benchmarks.markdown import Row, markdown_table
from face_utils.tracking import Tracker
from tests.support.walks import (
    Crossing,
    SimulatedDetector,
    crowd,
    eight_people,
    ids_at_start_and_end,
    random_crossing,
)

DETECTORS = {
    "good (2 % jitter)": SimulatedDetector(0.02),
    "poor (5 % jitter, 10 % missed)": SimulatedDetector(0.05, missed=0.1),
}
RANDOM_CROSSINGS = 300
CROWDS = (1, 4, 9, 16, 25)
CROWD_DETECTOR = SimulatedDetector(0.1, missed=0.05)
SECONDS = 10
RATE = 10


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    print(markdown_table([_crossing_row(*case) for case in _crossings()]), end="\n\n")
    print(markdown_table([crowd_row(people) for people in CROWDS]))


def _crossings() -> list[tuple[str, Sequence[Crossing], str]]:
    """What happens, the crossings, and the detector."""
    cases = []
    for turn in (True, False):
        rng = np.random.default_rng(5)
        name = "turn back" if turn else "pass"
        drawn = [random_crossing(rng, turn=turn) for _ in range(RANDOM_CROSSINGS)]
        for rate in (5, 10, 30):
            cases.append((f"{name}, {rate} frames/s", eight_people(turn=turn, rate=rate)))
        cases.append((f"{name}, random", drawn))
    return [(name, crossings, detector) for name, crossings in cases for detector in DETECTORS]


def _crossing_row(name: str, crossings: Sequence[Crossing], detector: str) -> Row:
    counts = Counter(
        outcome(*ids_at_start_and_end(crossing, Tracker(), DETECTORS[detector], seed))
        for seed, crossing in enumerate(crossings)
    )
    row: Row = {"crossings": name, "number": len(crossings), "detector": detector}
    return row | {kind: counts[kind] for kind in ("kept", "swapped", "new")}


def outcome(start: dict[int, int], end: dict[int, int]) -> str:
    """What became of two people's ids: `kept`, `swapped` or `new`."""
    if start == end:
        return "kept"
    return "swapped" if start[0] == end[1] or start[1] == end[0] else "new"


def crowd_row(count: int) -> Row:
    """Id changes and CPU time of a crowd; faces jitter by 10 %, and 5 % are missed."""
    people, rng = crowd(count, np.random.default_rng(1)), np.random.default_rng(0)
    tracker, last, changes, cpu = Tracker(), dict[int, int](), 0, 0.0
    for frame in range(SECONDS * RATE):
        seen = CROWD_DETECTOR.see(people, frame / RATE, rng)
        start = time.thread_time()
        tracks = tracker.update([detection for _, detection in seen], frame / RATE)
        cpu += time.thread_time() - start
        now = {person: track.id for (person, _), track in zip(seen, tracks, strict=True) if track}
        changes += sum(last.get(person, id_) != id_ for person, id_ in now.items())
        last |= now
    frames = SECONDS * RATE
    return {
        "people": count,
        "id changes per frame": changes / frames,
        "CPU per frame, ms": round(1e3 * cpu / frames, 3),
    }


if __name__ == "__main__":
    main()
