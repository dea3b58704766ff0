"""Dim light: faces that pass the quality gate, by the group that the data set names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from benchmarks.detection.canvas import background, encode, place
from benchmarks.detection.figure import Figure
from benchmarks.detection.people import Person, still_people
from benchmarks.detection.version import Version

GROUPS = {"White": "0", "Black": "1", "Asian": "2", "Indian": "3"}
"""Group -> its number in the labels of UTKFace."""
PER_GROUP, LIGHTS = 80, (1.0, 0.25)
NOISE = 3.0
WIDTH, HEIGHT, FACE = 640, 480, 150


def measure(version: Version, step: int = 1) -> Iterator[Figure]:
    """Counts the judged faces of each group in full and in a quarter of the light."""
    people = {group: still_people(PER_GROUP, number)[::step] for group, number in GROUPS.items()}
    count = len(people["White"])
    for light in LIGHTS:
        passed = Counter(
            group
            for group, members in people.items()
            for number, person in enumerate(members)
            if _is_judged(version, person, light, number)
        )
        counts = ", ".join(f"{group} {passed[group]}" for group in GROUPS)
        yield Figure(f"light {light:g}: judged of {count} each", counts)
        ratio = min(passed[group] for group in GROUPS) / max(1, max(passed.values(), default=1))
        yield Figure(f"light {light:g}: fewest to most judged", f"{ratio:.2f}", "0.8 or more")


def _is_judged(version: Version, person: Person, light: float, number: int) -> bool:
    canvas = background(WIDTH, HEIGHT, number)
    place(canvas, person, 0.0, (WIDTH / 2, HEIGHT / 2), FACE)
    dim = np.asarray(canvas * light, np.uint8)
    data = encode(dim, np.random.default_rng(number), NOISE)
    return any(face.judged for face in version.last_frame([(data, 0.0)]))
