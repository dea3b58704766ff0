"""People who are covered, or who leave and come back: they should keep their ids."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from benchmarks.detection.canvas import background, place
from benchmarks.detection.figure import Figure, of
from benchmarks.detection.following import follow
from benchmarks.detection.people import Person, crowd
from benchmarks.detection.version import Version
from face_utils.boxes import FloatArray
from face_utils.detection import Image

ABSENCES = (1.0, 3.0, 5.0)
PEOPLE = 4
RATE, BEFORE, AFTER = 10, 1.2, 0.8
WIDTH, HEIGHT, FACE = 640, 480, 110
WALK = 0.5
"""Seconds from the place in view to outside of the frame."""


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts the people who have the same id before and after; a second person stays."""
    for kind in ("covered", "out of view"):
        for seconds in ABSENCES:
            people = range(0, PEOPLE, step)
            kept = sum(_keeps_id(version, number, kind, seconds) for number in people)
            yield Figure(f"{kind} for {seconds:.0f} s: same id", of(kept, len(people)), "all")


def _keeps_id(version: Version, number: int, kind: str, seconds: float) -> bool:
    leaving, staying = crowd(PEOPLE + 1)[number : number + 2]
    gone = BEFORE, BEFORE + seconds

    def draw(canvas: Image, time: float) -> FloatArray:
        stays = place(canvas, staying, time, (480, 260), FACE)
        show = _covered if kind == "covered" else _walking
        return np.stack([show(canvas, leaving, time, gone), stays])

    empty = background(WIDTH, HEIGHT, number)
    frames = follow(version, empty, draw, gone[1] + AFTER, RATE)
    before, after = frames[round(gone[0] * RATE) - 6][0], frames[-1][0]
    return before is not None and before == after


def _covered(canvas: Image, person: Person, time: float, gone: tuple[float, float]) -> FloatArray:
    """The person stays, and a board is held in front."""
    box = place(canvas, person, time, (190, 240), FACE)
    if gone[0] <= time < gone[1]:
        cv2.rectangle(canvas, (80, 110), (300, 420), (70, 90, 110), cv2.FILLED)
        return np.zeros(4, np.float32)
    return box


def _walking(canvas: Image, person: Person, time: float, gone: tuple[float, float]) -> FloatArray:
    """The person walks out on the left and comes back the same way."""
    distance = max(0.0, min(time - gone[0] + WALK, gone[1] + WALK - time)) / WALK
    x = 190 - min(distance, 1.0) * (190 + 1.5 * FACE)
    if x < -0.4 * FACE:
        return np.zeros(4, np.float32)
    return place(canvas, person, time, (x, 240), FACE)
