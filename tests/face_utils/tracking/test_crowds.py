"""Groups keep their ids, and more faces than the limit do not flicker."""

from __future__ import annotations

import numpy as np
import pytest

from face_utils.tracking import Tracker
from tests.support.faces import face, follow, ids
from tests.support.walks import Person, SimulatedDetector, crowd


def id_changes(people: list[Person], detector: SimulatedDetector, rate: float) -> float:
    """Changes of ids per frame in ten seconds."""
    tracker, rng = Tracker(), np.random.default_rng(0)
    last: dict[int, int | None] = {}
    changes, frames = 0, round(10 * rate)
    for frame in range(frames):
        seen = detector.see(people, frame / rate, rng)
        found = ids(tracker, [detection for _, detection in seen], frame / rate)
        now = dict(zip([person for person, _ in seen], found, strict=True))
        changes += sum(last.get(person, id_) != id_ for person, id_ in now.items())
        last.update(now)
    return changes / frames


@pytest.mark.parametrize(
    ("detector", "rate"),
    [
        (SimulatedDetector(0.02), 2),
        (SimulatedDetector(0.1, missed=0.05), 2),
        (SimulatedDetector(0.1, missed=0.05), 10),
        (SimulatedDetector(0.1, missed=0.3), 10),
        (SimulatedDetector(0.1, missed=0.3), 30),
    ],
)
def test_25_people_change_their_ids_less_than_once_in_ten_frames(detector, rate):
    people = crowd(25, np.random.default_rng(1))

    assert id_changes(people, detector, rate) < 0.1


def row(count: int, side: float = 60, first: float = 100) -> list:
    return [face(first + 150 * n, 200, side) for n in range(count)]


def test_with_more_faces_than_the_limit_the_same_ones_stay_followed():
    rng = np.random.default_rng(0)
    tracker, seen = Tracker(max_faces=16), []
    for frame in range(200):
        faces = [face(100 + 150 * n, rng.normal(200, 3), rng.normal(60, 3)) for n in range(18)]
        order = rng.permutation(18)
        found = ids(tracker, [faces[n] for n in order], frame / 10)
        seen.append({n for n, id_ in zip(order.tolist(), found, strict=True) if id_})

    assert all(followed == seen[0] for followed in seen)
    assert len(seen[0]) == 16
    assert len(tracker.ids) == 16


def test_a_face_that_is_missed_for_a_moment_keeps_its_turn():
    rng = np.random.default_rng(0)
    tracker, known = Tracker(max_faces=4), set()
    for frame in range(100):
        faces = [each for each in row(6) if rng.random() > 0.1]
        known |= {id_ for id_ in ids(tracker, faces, frame / 10) if id_}

    assert known == {1, 2, 3, 4}


def test_the_largest_faces_of_a_first_frame_are_followed():
    faces = [face(100 + 200 * n, 200, side) for n, side in enumerate((40, 90, 60, 120, 50))]

    assert ids(Tracker(max_faces=3), faces, 0.0) == [None, 1, 2, 3, None]


def test_a_face_that_is_a_little_larger_waits_and_a_clearly_larger_one_takes_over():
    tracker = Tracker(max_faces=2)
    follow(tracker, [[face(100, 200, 60), face(400, 200, 80)]] * 5, rate=10)

    waiting = follow(
        tracker, [[face(100, 200, 60), face(400, 200, 80), face(700, 200, 85)]] * 20, 10, start=0.5
    )
    nearer = follow(
        tracker, [[face(100, 200, 60), face(400, 200, 80), face(700, 200, 110)]] * 5, 10, start=2.5
    )

    assert waiting == [[1, 2, None]] * 20
    assert nearer == [[None, 2, 3]] * 5


def test_a_displaced_face_gets_its_id_back_when_there_is_room():
    tracker = Tracker(max_faces=1)
    follow(tracker, [[face(100, 200, 60)]] * 5, rate=10)
    follow(tracker, [[face(100, 200, 60), face(700, 200, 150)]] * 5, rate=10, start=0.5)

    after = follow(tracker, [[face(100, 200, 60)]] * 20, rate=10, start=1.0)

    assert after[-1] == [1]


def test_the_turn_of_a_person_who_left_goes_to_the_next():
    tracker = Tracker(max_faces=2)
    follow(tracker, [row(3)] * 5, rate=10)

    rest = follow(tracker, [row(3)[1:]] * 15, rate=10, start=0.5)

    assert rest[0] == [2, None]
    assert rest[-1] == [2, 3]


def test_below_the_limit_every_face_is_followed_at_once():
    assert ids(Tracker(max_faces=5), row(5), 0.0) == [1, 2, 3, 4, 5]
    assert ids(Tracker(max_faces=5), [], 0.0) == []
