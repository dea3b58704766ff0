"""Faces that should not be judged as ordinary ones: pixelated, drawn, lying, upside down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from benchmarks.detection.canvas import background, encode, place
from benchmarks.detection.figure import Figure, of
from benchmarks.detection.people import Person, still_people
from benchmarks.detection.version import SeenFace, Version
from face_utils.detection import Image

FACES, LYING, SMILEYS = 120, 40, 24
BLOCKS = 11
WIDTH, HEIGHT, FACE = 640, 480, 150
CENTRE = (WIDTH / 2, HEIGHT / 2)
TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, -90: cv2.ROTATE_90_COUNTERCLOCKWISE}
RIGHT_ANGLE_TOLERANCE = 30


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts faces that are judged: each in a frame of its own, shown twice."""
    people = still_people(FACES)[::step]
    sharp = sum(_is_judged(version, _frame(person)) for person in people)
    yield Figure("ordinary faces: judged", of(sharp, len(people)))
    pixelated = sum(_is_judged(version, _pixelate(_frame(person))) for person in people)
    yield Figure(f"pixelated faces, {BLOCKS} blocks: judged", of(pixelated, len(people)), "few")
    drawn = sum(_is_judged(version, _smiley(number)) for number in range(0, SMILEYS, step))
    yield Figure("drawn smileys: judged", of(drawn, len(range(0, SMILEYS, step))), "few")
    yield from _lying(version, people[: LYING // step])


def _lying(version: Version, people: Sequence[Person]) -> Iterator[Figure]:
    right = wrong = 0
    for person in people:
        for angle, turn in TURNS.items():
            frame = _frame(person)[:, (WIDTH - HEIGHT) // 2 : (WIDTH + HEIGHT) // 2]
            for face in _judged(version, np.asarray(cv2.rotate(frame, turn), np.uint8)):
                off = abs((face.roll - angle + 180) % 360 - 180)
                right += off <= RIGHT_ANGLE_TOLERANCE
                wrong += off > RIGHT_ANGLE_TOLERANCE
    total = len(people) * len(TURNS)
    yield Figure(
        "heads on their side or upside down: judged at a wrong angle", of(wrong, total), "0"
    )
    yield Figure("heads on their side or upside down: judged at the true angle", of(right, total))


def _judged(version: Version, image: Image) -> list[SeenFace]:
    """The faces that get predictions, in the second of two equal frames."""
    data = encode(image)
    faces = version.last_frame([(data, 0.0), (data, 0.1)])
    return [face for face in faces if face.judged]


def _is_judged(version: Version, image: Image) -> bool:
    return bool(_judged(version, image))


def _frame(person: Person) -> Image:
    canvas = background(WIDTH, HEIGHT)
    place(canvas, person, 0.0, CENTRE, FACE)
    return canvas


def _pixelate(image: Image) -> Image:
    """Shows the face as `BLOCKS` by `BLOCKS` blocks, and leaves the rest as it is."""
    side = FACE + 16
    x, y = int(CENTRE[0] - side / 2), int(CENTRE[1] - side / 2)
    part = image[y : y + side, x : x + side]
    small = cv2.resize(part, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
    part[:] = cv2.resize(small, (side, side), interpolation=cv2.INTER_NEAREST)
    return image


def _smiley(number: int) -> Image:
    """A drawn face: a disc with eyes and a mouth, different each time."""
    rng = np.random.default_rng(number)
    canvas = background(WIDTH, HEIGHT, number)
    radius, (x, y) = int(rng.integers(60, 130)), (WIDTH // 2, HEIGHT // 2)
    skin = ((60, 220, 255), (160, 190, 240), (255, 255, 255))[number % 3]
    cv2.circle(canvas, (x, y), radius, skin, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(canvas, (x, y), radius, (0, 0, 0), 3, cv2.LINE_AA)
    eye = int(radius * rng.uniform(0.08, 0.16))
    for side in (-1, 1):
        centre = x + side * int(0.38 * radius), y - int(0.25 * radius)
        cv2.circle(canvas, centre, eye, (0, 0, 0), cv2.FILLED, cv2.LINE_AA)
        if number % 2:
            cv2.circle(canvas, centre, 2 * eye, (0, 0, 0), 2, cv2.LINE_AA)
    if number % 4 > 1:
        cv2.line(canvas, (x, y - radius // 8), (x - radius // 10, y + radius // 8), (0, 0, 0), 3)
    size = int(0.55 * radius), int(radius * rng.uniform(0.25, 0.5))
    cv2.ellipse(canvas, (x, y + radius // 5), size, 0, 10, 170, (0, 0, 0), 4, cv2.LINE_AA)
    return canvas
