"""Scores of a film: which people were boxed in which frame, and with which id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.canvas import encode
from benchmarks.detection.matching import SAME_FACE
from benchmarks.detection.version import Film, SeenFace, Version
from face_utils.boxes import FloatArray, iou
from face_utils.detection import Image

Ids = list[int | None]
"""The id of each person in one frame; None for a person who is not boxed."""


Draw = Callable[[Image, float], FloatArray]
"""Draws the people of one moment into a frame; returns `(n, 4)` their faces. A face that nobody
can see has no size."""


def follow(
    version: Version,
    empty: Image,
    draw: Draw,
    seconds: float,
    rate: float,
    max_faces: int = 100,
) -> list[Ids]:
    """Shows a scene to a version.

    Args:
        version: The version.
        empty: The background.
        draw: Draws the people.
        seconds: Time of the last frame.
        rate: Frames per second.
        max_faces: Largest number of faces that the version may return.

    Returns:
        The ids of the people, frame by frame.
    """
    rng, truth = np.random.default_rng(0), []

    def film() -> Film:
        for number in range(round(seconds * rate) + 1):
            canvas = empty.copy()
            truth.append(draw(canvas, number / rate))
            yield encode(canvas, rng), number / rate

    seen = version.watch(film(), max_faces)
    return [ids_of(faces, truth[number]) for number, faces in enumerate(seen)]


def ids_of(faces: Sequence[SeenFace], people: FloatArray) -> Ids:
    """Returns the id of each person, `(n, 4)` boxes; each box belongs to one person at most."""
    result: Ids = [None] * len(people)
    if faces and len(people):
        overlap = iou(people, np.stack([face.box for face in faces]))
        while overlap.max() >= SAME_FACE:  # The best pair first.
            person, face = np.unravel_index(int(overlap.argmax()), overlap.shape)
            result[int(person)] = faces[int(face)].id
            overlap[person], overlap[:, face] = 0, 0
    return result


def share_boxed(ids: Sequence[int | None]) -> float:
    """Returns the share of the people who are boxed."""
    return sum(id_ is not None for id_ in ids) / len(ids)


@dataclass(frozen=True)
class Continuity:
    """How steadily people were followed.

    Attributes:
        boxed: Share of people and frames with a box.
        changes: Changes of id per frame, over all people.
    """

    boxed: float
    changes: float


def continuity(frames: Sequence[Ids]) -> Continuity:
    """Scores the ids of the same people in consecutive frames."""
    last: dict[int, int] = {}
    changes = 0
    for ids in frames:
        for person, id_ in enumerate(ids):
            if id_ is not None:
                changes += last.get(person, id_) != id_
                last[person] = id_
    boxed = float(np.mean([share_boxed(ids) for ids in frames]))
    return Continuity(boxed, changes / len(frames))
