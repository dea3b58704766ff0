"""More people than `max_faces`: those who are followed should stay."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.detection.canvas import Window, place
from benchmarks.detection.figure import Figure
from benchmarks.detection.following import follow
from benchmarks.detection.people import crowd
from benchmarks.detection.version import Version
from face_utils.boxes import FloatArray
from face_utils.detection import Image

PEOPLE, MAX_FACES = 18, 16
FRAMES, RATE = 20, 10
WIDTH, HEIGHT, COLUMNS = 960, 540, 6
FACE = 90


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts the ids that are used in 20 frames."""
    people, size = crowd(PEOPLE), (WIDTH // COLUMNS, HEIGHT // (PEOPLE // COLUMNS))

    def draw(canvas: Image, time: float) -> FloatArray:
        boxes = []
        for number, person in enumerate(people):
            row, column = divmod(number, COLUMNS)
            window = Window(column * size[0], row * size[1], *size)
            face = FACE - 10 * (number % 3)
            x = window.x + window.width / 2 + 8 * np.sin(3 * time + number)
            boxes.append(place(canvas, person, time, (x, window.y + 80), face, window))
        return np.stack(boxes)

    empty = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frames = follow(version, empty, draw, (FRAMES - 1) / RATE, RATE, MAX_FACES)
    used = {id_ for ids in frames for id_ in ids if id_ is not None}
    name = f"{PEOPLE} faces, `max_faces` {MAX_FACES}: ids used in {FRAMES} frames"
    yield Figure(name, str(len(used)), str(MAX_FACES))
