"""Single people: the clips, turned heads, newcomers, quick heads, and the tremor of a still box."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from skimage.data import astronaut

from benchmarks.detection.canvas import Window, background, encode, place
from benchmarks.detection.figure import Figure, of, percent
from benchmarks.detection.following import continuity, follow
from benchmarks.detection.people import Person, clip_people, crowd
from benchmarks.detection.version import Version
from face_utils.boxes import FloatArray
from face_utils.detection import Image

WIDTH, HEIGHT, FACE = 640, 480, 110
WHOLE = Window(0, 0, WIDTH, HEIGHT)
ANGLES = range(-90, 91, 15)
ENTERS, PEOPLE, IN_TIME = 0.5, 8, 0.3
WIDTHS_PER_SECOND = 2.0
ASTRONAUT_FACE = (226.0, 121.0)


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Measures one thing after the other."""
    yield _turned(version)
    yield from _clips(version)
    for rate in (10, 30):
        yield _newcomers(version, rate)
    for rate in (10, 30):
        yield from _quick_heads(version, rate)
    yield from _jitter(version)


def _turned(version: Version) -> Figure:
    image = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR)  # type: ignore[no-untyped-call]
    found = 0
    for angle in ANGLES:
        turn = cv2.getRotationMatrix2D(ASTRONAUT_FACE, -angle, 1.0)
        turned = cv2.warpAffine(image, turn, (512, 512))
        faces = version.last_frame([(encode(np.asarray(turned, np.uint8)), 0.0)])
        near = [np.hypot(*(f.box[:2] + f.box[2:] / 2 - ASTRONAUT_FACE)) < 40 for f in faces]
        found += any(near)
    return Figure("head turned by -90 to 90 degrees: found", of(found, len(ANGLES)), "as before")


def _clips(version: Version) -> Iterator[Figure]:
    """The clips as they are, at ten frames per second."""
    frames = []
    for person in clip_people()[:4]:
        empty = np.zeros_like(person.images[0])

        def draw(canvas: Image, time: float, person: Person = person) -> FloatArray:
            canvas[:], box = person.at(time)
            return box[None]

        frames.append(continuity(follow(version, empty, draw, 3.0, 10)))
    boxed, changes = (float(np.mean([getattr(f, k) for f in frames])) for k in ("boxed", "changes"))
    yield Figure("clips: frames with the face", percent(boxed), "as before")
    yield Figure("clips: id changes per frame", f"{changes:.2f}", "0")


def _newcomers(version: Version, rate: int) -> Figure:
    """A second person appears; the share who are boxed in time."""
    people, found = crowd(PEOPLE + 1), 0
    for number in range(PEOPLE):
        first, second = people[number : number + 2]

        def draw(
            canvas: Image, time: float, pair: tuple[Person, Person] = (first, second)
        ) -> FloatArray:
            boxes = [place(canvas, pair[0], time, (180, 230), FACE)]
            there = time > ENTERS - 0.5 / rate
            boxes += [place(canvas, pair[1], time, (470, 250), 0.7 * FACE)] if there else []
            return np.stack(boxes)

        empty = background(WIDTH, HEIGHT, number)
        last = follow(version, empty, draw, ENTERS + IN_TIME, rate)[-1]
        found += last[1] is not None
    name = f"newcomer boxed within {IN_TIME * 1e3:.0f} ms at {rate} frames/s"
    return Figure(name, of(found, PEOPLE), f"{PEOPLE}")


def _quick_heads(version: Version, rate: int) -> Iterator[Figure]:
    """A head runs to and fro at two of its widths per second."""
    results = []
    for number, person in enumerate(crowd(4)):

        def draw(canvas: Image, time: float, person: Person = person) -> FloatArray:
            _, box = person.at(time)
            width = float(box[2] * FACE / box[3])
            way = time * WIDTHS_PER_SECOND * width
            turn = WIDTH - 3 * FACE
            x = 1.5 * FACE + abs((way + turn) % (2 * turn) - turn)
            return place(canvas, person, time, (x, HEIGHT / 2), FACE)[None]

        results.append(
            continuity(follow(version, background(WIDTH, HEIGHT, number), draw, 3, rate))
        )
    boxed = float(np.mean([each.boxed for each in results]))
    changes = float(np.mean([each.changes for each in results]))
    name = f"head at two widths per second, {rate} frames/s"
    yield Figure(f"{name}: frames with the face", percent(boxed), "as before")
    yield Figure(f"{name}: id changes per frame", f"{changes:.2f}", "0")


def _jitter(version: Version) -> Iterator[Figure]:
    """Standard deviation of the boxes of faces that keep still, with a camera's noise."""
    moves = []
    for person in clip_people()[:4]:
        image, _ = person.at(0.0)
        rng = np.random.default_rng(0)
        film = [(encode(image, rng), number / 10) for number in range(20)]
        boxes = [faces[0].box for faces in version.watch(film) if faces]
        values = np.stack([np.append(box[:2] + box[2:] / 2, box[2]) for box in boxes[3:]])
        moves.append(values.std(axis=0))
    x, y, size = np.mean(moves, axis=0)
    yield Figure("still face: tremor of the centre, pixels", f"{np.hypot(x, y):.2f}", "as before")
    yield Figure("still face: tremor of the width, pixels", f"{size:.2f}", "as before")
