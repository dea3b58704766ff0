"""Real scenes, each as a photo of its own."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

import numpy as np

from benchmarks.detection.canvas import encode
from benchmarks.detection.figure import Figure, of
from benchmarks.detection.matching import BIN_NAMES
from benchmarks.detection.scenes import evaluate, load_scenes
from benchmarks.detection.version import Version
from face_utils.detection import Detection, Image

SHARES = (170 / 196, 168 / 171, 87 / 88, 1.0)
"""Shares of the faces to find by size, and the false alarms per scene."""
MOST_FALSE_ALARMS = 11


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts the faces that are found as the first frame of a session, by size."""

    def detect(image: Image) -> list[Detection]:
        faces = version.last_frame([(encode(image), 0.0)])
        return [Detection(np.asarray(face.box), 1.0) for face in faces]

    tally = evaluate(detect, load_scenes()[::step])
    for name, found, total, share in zip(BIN_NAMES, tally.found, tally.total, SHARES, strict=True):
        goal = str(floor(share * total))
        yield Figure(f"real scenes, faces of {name}: found", of(found, total), goal)
    alarms, goal = str(tally.false_alarms), f"at most {MOST_FALSE_ALARMS}"
    yield Figure("real scenes: boxes that YuNet does not confirm", alarms, goal)
