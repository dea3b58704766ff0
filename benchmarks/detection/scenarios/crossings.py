"""Two people who cross, one in front of the other: they should not swap ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.canvas import background, place
from benchmarks.detection.figure import Figure, of
from benchmarks.detection.following import Ids, follow
from benchmarks.detection.people import crowd
from benchmarks.detection.version import Version
from face_utils.boxes import FloatArray
from face_utils.detection import Image

RATE = 10
WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True)
class Crossing:
    """How two people meet.

    Attributes:
        turns_back: Whether both turn back when they meet.
        seconds: Duration from one side to the other.
        faces: Height of the face behind and of the one in front, in pixels.
        number: Number of the crossing.
    """

    turns_back: bool
    seconds: float
    faces: tuple[float, float]
    number: int


CASES = [
    Crossing(turns_back, seconds, faces, number)
    for number, (turns_back, seconds, faces) in enumerate(
        (turns_back, seconds, faces)
        for turns_back in (False, True)
        for seconds in (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
        for faces in ((100.0, 105.0), (85.0, 110.0))
    )
]
"""28 crossings."""


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts swaps, and people who have a new id after the crossing."""
    for turns_back, name in ((False, "walk on"), (True, "turn back")):
        cases = [case for case in CASES if case.turns_back == turns_back][::step]
        ends = [_ends(version, case) for case in cases]
        swapped = sum(is_swap(*pair) for pair in ends)
        kept = sum(before == after for before, after in ends)
        crossing = f"two people cross and {name}"
        yield Figure(f"{crossing}: swapped", of(swapped, len(cases)), "half of before")
        yield Figure(f"{crossing}: both keep their ids", of(kept, len(cases)))


def is_swap(before: Ids, after: Ids) -> bool:
    """Whether a person has the other's id."""
    return any(
        id_ is not None and id_ == other for id_, other in zip(before, reversed(after), strict=True)
    )


def _ends(version: Version, case: Crossing) -> tuple[Ids, Ids]:
    """The ids before and after."""
    people = crowd(len(CASES) + 1)[case.number : case.number + 2]

    def draw(canvas: Image, time: float) -> FloatArray:
        step = time / case.seconds
        if case.turns_back:
            step = min(step, 1 - step)
        behind, front = 0.15 + 0.7 * step, 0.85 - 0.7 * step
        boxes = [
            place(canvas, person, time, (x * WIDTH, 240), face)
            for person, x, face in zip(people, (behind, front), case.faces, strict=True)
        ]
        if abs(behind - front) * WIDTH < 0.6 * case.faces[1]:
            boxes[0] = np.zeros(4, np.float32)
        return np.stack(boxes)

    frames = follow(version, background(WIDTH, HEIGHT, case.number), draw, case.seconds, RATE)
    return frames[min(4, len(frames) // 4)], frames[-1]
