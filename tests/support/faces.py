"""Detections for tests of the tracker, and a walk through their ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from face_utils.detection import Detection
from face_utils.tracking import Tracker

Ids = list[int | None]


def face(x: float, y: float, side: float = 100) -> Detection:
    """A face by the centre of its box."""
    return Detection(np.array([x - side / 2, y - side / 2, side, side], np.float32), 0.9)


def ids(tracker: Tracker, faces: Sequence[Detection], now: float) -> Ids:
    """Shows a frame, and returns the id of each face; None if it is not followed."""
    return [track.id if track else None for track in tracker.update(faces, now)]


def follow(
    tracker: Tracker, path: Sequence[Sequence[Detection]], rate: float, start: float = 0.0
) -> list[Ids]:
    """Shows one frame per entry of `path`, and returns the ids of each."""
    return [ids(tracker, faces, start + n / rate) for n, faces in enumerate(path)]
