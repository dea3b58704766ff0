"""Many people: tiles of a video call, small faces that enter, and people two metres away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.detection.canvas import BOX_HEIGHT, Window, background, place
from benchmarks.detection.figure import Figure, percent
from benchmarks.detection.following import Ids, continuity, follow, share_boxed
from benchmarks.detection.people import Person, crowd
from benchmarks.detection.version import Version
from face_utils.boxes import FloatArray
from face_utils.detection import Image

SIZES = ((1280, 720), (1920, 1080))
GRIDS = {4: (2, 2), 6: (3, 2), 9: (3, 3), 12: (4, 3), 16: (4, 4), 20: (5, 4), 25: (5, 5)}
"""Tiles -> columns and rows."""
FACE_IN_TILE = 0.36
RATE, SECONDS = 10, 3.0
DRIFT = 0.15
"""Movement of each face to and fro, in heights of the face."""
NEWCOMERS, SMALLEST_FACE, ENTERED = 10, 32, 1.0


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Follows groups at ten frames per second: for three seconds in the smaller size, else one."""
    for width, height in SIZES:
        seconds = SECONDS if (width, height) == SIZES[0] else 1.0
        for tiles in list(GRIDS)[::-step][::-1]:
            ids = _watch_tiles(version, tiles, width, height, seconds)
            name = f"{tiles} tiles of {width}x{height}"
            yield Figure(f"{name}: boxed after 1 s", percent(share_boxed(ids[RATE])), "95 %")
            if seconds == SECONDS:
                changes = continuity(ids).changes
                yield Figure(f"{name}: id changes per frame", f"{changes:.2f}", "under 0.1")
        yield _newcomers(version, width, height)
    yield _six_people(version)


def _watch_tiles(
    version: Version, tiles: int, width: int, height: int, seconds: float
) -> list[Ids]:
    people, (columns, rows) = crowd(tiles), GRIDS[tiles]
    size = width // columns, height // rows
    windows = [
        Window(column * size[0], row * size[1], *size)
        for row in range(rows)
        for column in range(columns)
    ]

    def draw(canvas: Image, time: float) -> FloatArray:
        face = FACE_IN_TILE * size[1]
        return np.stack(
            [
                place(canvas, person, time, _centre(window, face, time, i), face, window)
                for i, (person, window) in enumerate(zip(people, windows, strict=True))
            ]
        )

    return follow(version, np.zeros((height, width, 3), np.uint8), draw, seconds, RATE)


def _centre(window: Window, face: float, time: float, number: int) -> tuple[float, float]:
    phase = 2 * np.pi * time / 2 + number
    x = window.x + window.width / 2 + DRIFT * face * np.sin(phase)
    return float(x), float(window.y + 0.45 * window.height + DRIFT * face * np.cos(0.7 * phase))


def _newcomers(version: Version, width: int, height: int) -> Figure:
    """Ten people with small faces enter after a second, beside one who was there."""
    people = crowd(NEWCOMERS + 1)
    places = _places(NEWCOMERS, width, height)

    def draw(canvas: Image, time: float) -> FloatArray:
        boxes = [place(canvas, people[0], time, (0.5 * width, 0.5 * height), 0.2 * height)]
        if time >= ENTERED:
            boxes += _draw_all(canvas, people[1:], places, time, SMALLEST_FACE / BOX_HEIGHT)
        return np.stack(boxes)

    last = follow(version, background(width, height), draw, ENTERED + 1.0, RATE)[-1]
    name = f"faces of {SMALLEST_FACE} pixels in {width}x{height}: boxed a second after they enter"
    return Figure(name, percent(share_boxed(last[1:])), "95 %")


def _places(count: int, width: int, height: int) -> list[tuple[float, float]]:
    """Two rows, above and below the middle."""
    columns = (count + 1) // 2
    return [
        ((0.08 + 0.84 * (i % columns) / (columns - 1)) * width, (0.2, 0.8)[i // columns] * height)
        for i in range(count)
    ]


def _draw_all(
    canvas: Image,
    people: Sequence[Person],
    places: Sequence[tuple[float, float]],
    time: float,
    face: float,
) -> list[FloatArray]:
    return [
        place(canvas, person, time, (x + DRIFT * face * np.sin(3 * time + i), y), face)
        for i, (person, (x, y)) in enumerate(zip(people, places, strict=True))
    ]


def _six_people(version: Version) -> Figure:
    people, places = crowd(6), [(150.0 + 196 * i, 300.0 + 25 * (i % 2)) for i in range(6)]

    def draw(canvas: Image, time: float) -> FloatArray:
        return np.stack(_draw_all(canvas, people, places, time, 65 / BOX_HEIGHT))

    last = follow(version, background(*SIZES[0]), draw, 1.0, RATE)[-1]
    boxed = sum(id_ is not None for id_ in last)
    return Figure("six people with faces of 65 pixels: boxed after one second", f"{boxed}", "6")
