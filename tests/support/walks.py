"""Simulated people who walk in front of a camera, and what a detector sees of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from face_utils.detection import Detection
from face_utils.tracking import Tracker

COVERED = 0.4
"""Share of a face that a nearer one covers, from which on the detector misses it."""
TURN_SECONDS = 0.3


@dataclass(frozen=True)
class Person:
    """A face in motion. The larger one of two is nearer and covers the other.

    Attributes:
        side: Side of its box in pixels.
        place: Time in seconds -> centre of its box.
        hidden: Times between which the detector misses it.
    """

    side: float
    place: Callable[[float], tuple[float, float]]
    hidden: tuple[float, float] = (0.0, 0.0)

    def box(self, now: float) -> tuple[float, float, float, float]:
        """Its true box, `x, y, w, h`."""
        x, y = self.place(now)
        return x - self.side / 2, y - self.side / 2, self.side, self.side


@dataclass(frozen=True)
class SimulatedDetector:
    """An imperfect detector.

    Attributes:
        jitter: Standard deviation of place and size, as a share of the box.
        missed: Share of the faces that it misses in a frame.
    """

    jitter: float = 0.02
    missed: float = 0.0

    def see(
        self, people: Sequence[Person], now: float, rng: np.random.Generator
    ) -> list[tuple[int, Detection]]:
        """Index of a person, and the detection; in random order."""
        seen = []
        for index in rng.permutation(len(people)).tolist():
            person = people[index]
            noise = rng.normal(0, self.jitter * person.side, 3)
            if rng.random() < self.missed or _is_hidden(person, people, now):
                continue
            side = person.side + noise[2]
            x, y = np.add(person.place(now), noise[:2]) - side / 2
            seen.append((index, Detection(np.array([x, y, side, side], np.float32), 0.9)))
        return seen


@dataclass(frozen=True)
class Crossing:
    """Two people who meet, one in front of the other, and part again.

    Attributes:
        people: The two of them.
        rate: Frames per second.
        seconds: Duration.
    """

    people: tuple[Person, Person]
    rate: float
    seconds: float

    def frames(
        self, detector: SimulatedDetector, rng: np.random.Generator
    ) -> Iterator[tuple[float, list[tuple[int, Detection]]]]:
        """The time of each frame, and what the detector sees in it."""
        for frame in range(round(self.seconds * self.rate)):
            now = frame / self.rate
            yield now, detector.see(self.people, now, rng)


@dataclass(frozen=True)
class Walk:
    """How a person walks: size, speed in box widths per second, and height in the picture."""

    side: float
    speed: float
    height: float


EIGHT = (
    Walk(64, 1.6, 236), Walk(72, 1.0, 244), Walk(80, 2.2, 240), Walk(88, 0.8, 248),
    Walk(96, 1.4, 238), Walk(110, 1.8, 250), Walk(128, 1.2, 242), Walk(150, 2.0, 246),
)  # fmt: skip
"""Eight people; all pairs of them make 28 crossings."""


def eight_people(*, turn: bool, rate: float = 10.0) -> list[Crossing]:
    """The 28 crossings of eight people.

    Args:
        turn: Whether both turn back when they are behind each other, or walk on.
        rate: Frames per second.
    """
    pairs = combinations(EIGHT, 2)
    return [cross(a, b, 0.2 + n % 4 * 0.4, turn=turn, rate=rate) for n, (a, b) in enumerate(pairs)]


def random_crossing(rng: np.random.Generator, *, turn: bool) -> Crossing:
    """Any two people, at any frame rate."""
    a, b = (
        Walk(rng.uniform(50, 160), rng.uniform(0.5, 2.5), 240 + rng.normal(0, 8)) for _ in range(2)
    )
    rate = float(rng.choice([5, 10, 15, 30]))
    return cross(a, b, float(rng.uniform(0, 2)), turn=turn, rate=rate)


def cross(
    a: Walk, b: Walk, hold: float, *, turn: bool, rate: float, unseen: float = 0.0
) -> Crossing:
    """Two people meet in the middle and stay behind each other for `hold` seconds.

    Args:
        a: The one who comes from the left.
        b: The one who comes from the right.
        hold: Seconds between coming and leaving.
        turn: Whether both turn back.
        rate: Frames per second.
        unseen: Seconds around the middle in which the detector sees neither.
    """
    reach = 1.5 * (a.side + b.side)
    middle = reach / min(a.speed * a.side, b.speed * b.side) + hold / 2
    hidden = (middle - unseen / 2, middle + unseen / 2)
    people = (
        Person(a.side, _path(a, -1.0, middle, hold, turn=turn), hidden),
        Person(b.side, _path(b, 1.0, middle, hold, turn=turn), hidden),
    )
    return Crossing(people, rate, 2 * middle)


def ids_at_start_and_end(
    crossing: Crossing, tracker: Tracker, detector: SimulatedDetector, seed: int
) -> tuple[dict[int, int], dict[int, int]]:
    """Each person's first and last id."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for now, seen in crossing.frames(detector, np.random.default_rng(seed)):
        tracks = tracker.update([detection for _, detection in seen], now)
        last.update({i: t.id for (i, _), t in zip(seen, tracks, strict=True) if t})
        first = {**last, **first}
    return first, last


def crowd(
    count: int, rng: np.random.Generator, width: int = 1280, height: int = 720
) -> list[Person]:
    """People in rows, like the tiles of a video call, who sway from side to side."""
    columns = math.ceil(math.sqrt(count))
    return [
        _sway(
            ((n % columns + 0.5) * width / columns, (n // columns + 0.5) * height / columns),
            float(rng.uniform(60, 90)),
            float(rng.uniform(0, 2 * math.pi)),
        )
        for n in range(count)
    ]


def _sway(centre: tuple[float, float], side: float, phase: float) -> Person:
    def place(now: float) -> tuple[float, float]:
        x = centre[0] + 0.3 * side * math.sin(2 * now + phase)
        return x, centre[1] + 0.15 * side * math.sin(3 * now + phase)

    return Person(side, place)


def _path(
    walk: Walk, start: float, middle: float, hold: float, *, turn: bool
) -> Callable[[float], tuple[float, float]]:
    """Comes from one side (-1 left, 1 right), stays for a moment, and walks on or back."""
    speed = walk.speed * walk.side

    def place(now: float) -> tuple[float, float]:
        away = abs(now - middle) - hold / 2
        # A parabola from rest to full speed: nobody turns at once.
        eased = max(away, 0.0)
        eased = eased**2 / (2 * TURN_SECONDS) if eased < TURN_SECONDS else away - TURN_SECONDS / 2
        side = start if turn or now < middle else -start
        return 320 + side * speed * eased, walk.height

    return place


def _is_hidden(person: Person, people: Sequence[Person], now: float) -> bool:
    if person.hidden[0] < now < person.hidden[1]:
        return True
    nearer = (other for other in people if other.side > person.side)
    return any(_covered(person, other, now) > COVERED for other in nearer)


def _covered(person: Person, other: Person, now: float) -> float:
    """Share of a person's box that lies inside another's."""
    x, y, side, _ = person.box(now)
    other_x, other_y, other_side, _ = other.box(now)
    width = min(x + side, other_x + other_side) - max(x, other_x)
    height = min(y + side, other_y + other_side) - max(y, other_y)
    return max(width, 0.0) * max(height, 0.0) / side**2
