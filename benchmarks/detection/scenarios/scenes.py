"""Real scenes, each as a photo, and as what a camera shows for a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import floor

import numpy as np

from benchmarks.detection.canvas import encode
from benchmarks.detection.figure import Figure, of
from benchmarks.detection.matching import BIN_NAMES, Tally
from benchmarks.detection.scenes import evaluate, load_scenes
from benchmarks.detection.version import SeenFace, Version
from face_utils.detection import Detection, Image

SHARES = (170 / 196, 168 / 171, 87 / 88, 1.0)
"""Shares of the faces to find, by size."""
FALSE_ALARMS = 10 / 382
"""Most false alarms per scene."""
TIMES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LIVE_STEP = 4
"""Every fourth scene is shown live, because that takes six frames each."""


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts the faces that are found, by size."""
    scenes = load_scenes()[::step]
    photos = evaluate(_detector(version.still), scenes)
    yield from _figures("photos of scenes", photos, len(scenes))
    few = scenes[::LIVE_STEP]
    live = evaluate(_detector(lambda data: _after_a_second(version, data)), few)
    yield from _figures("scenes shown live for a second", live, len(few))


def _after_a_second(version: Version, data: bytes) -> list[SeenFace]:
    return version.last_frame([(data, time) for time in TIMES])


def _detector(find: Callable[[bytes], list[SeenFace]]) -> Callable[[Image], list[Detection]]:
    return lambda image: [Detection(face.box, 1.0) for face in find(encode(image))]


def _figures(name: str, tally: Tally, scenes: int) -> Iterator[Figure]:
    for size, found, total, share in zip(BIN_NAMES, tally.found, tally.total, SHARES, strict=True):
        goal = str(floor(share * int(total)))
        yield Figure(f"{name}, faces of {size}: found", of(found, total), goal)
    most = f"at most {int(np.ceil(FALSE_ALARMS * scenes))}"
    yield Figure(f"{name}: boxes that YuNet does not confirm", str(tally.false_alarms), most)
