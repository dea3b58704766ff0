"""A close-up face with a small second person in a corner."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.detection.canvas import BOX_HEIGHT, Window, encode, place
from benchmarks.detection.figure import Figure, of
from benchmarks.detection.following import ids_of
from benchmarks.detection.people import Person, crowd
from benchmarks.detection.version import Version
from face_utils.boxes import FloatArray
from face_utils.detection import Image

SHARES = (0.4, 0.5, 0.6, 0.7, 0.8)
GOALS = (15, 15, 15, 15, 14)
CLIPS, FRAMES, RATE = 15, 10, 10
WIDTH, HEIGHT = 640, 480
WHOLE = Window(0, 0, WIDTH, HEIGHT)
SMALL_FACE, CORNERS = 80, ((80.0, 90.0), (560.0, 90.0))
OFF_CENTRE = 0.1


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts the clips in which the close face is boxed in most frames of the second half."""
    for share, goal in zip(SHARES, GOALS, strict=True):
        clips = range(0, CLIPS, step)
        found = sum(_is_found(version, number, share) for number in clips)
        name = f"close face, {share:.0%} of the frame's height"
        yield Figure(name, of(found, len(clips)), f"{goal} of {CLIPS}")


def _is_found(version: Version, number: int, share: float) -> bool:
    near, far = crowd(CLIPS + 1)[number : number + 2]
    rng = np.random.default_rng(number)
    shift = rng.uniform(-OFF_CENTRE, OFF_CENTRE, 2).astype(np.float32)
    frames = []
    for frame in range(FRAMES):
        canvas, truth = _draw(near, far, frame / RATE, share, shift, number % 2)
        frames.append((encode(canvas, rng), frame / RATE, truth))
    seen = version.watch((data, time) for data, time, _ in frames)
    ids = [ids_of(faces, truth)[0] for faces, (_, _, truth) in zip(seen, frames, strict=True)]
    second_half = ids[FRAMES // 2 :]
    return 2 * sum(id_ is not None for id_ in second_half) > len(second_half)


def _draw(
    near: Person, far: Person, time: float, share: float, shift: FloatArray, corner: int
) -> tuple[Image, FloatArray]:
    """A frame, and the box of the close face, `(1, 4)`."""
    canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    centre = WIDTH * (0.5 + float(shift[0])), HEIGHT * (0.5 + float(shift[1]))
    box = place(canvas, near, time, centre, share * HEIGHT / BOX_HEIGHT, WHOLE)
    place(canvas, far, time, CORNERS[corner], SMALL_FACE)
    return canvas, box[None]
