"""A person who is covered or away for a while keeps the id."""

from __future__ import annotations

import numpy as np
import pytest

from face_utils.tracking import Tracker
from tests.support.faces import face, follow, ids


def away(tracker, seconds, others=()):
    """Shows a person for a second, then `others` alone; returns when the person may return."""
    follow(tracker, [[face(300, 200), *others]] * 10, rate=10)
    follow(tracker, [list(others)] * round(10 * seconds), rate=10, start=1.0)
    return 1.0 + seconds


@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.5, 5.0])
@pytest.mark.parametrize("moved", [0, 40, 90])
def test_a_person_who_returns_within_the_memory_keeps_the_id(seconds, moved):
    tracker = Tracker(memory_seconds=5)
    now = away(tracker, seconds)

    assert ids(tracker, [face(300 + moved, 200)], now) == [1]


@pytest.mark.parametrize(("memory", "kept"), [(1, False), (3, False), (5, True), (10, True)])
def test_the_memory_is_as_long_as_asked(memory, kept):
    tracker = Tracker(memory_seconds=memory)
    now = away(tracker, 5.0)

    assert ids(tracker, [face(300, 200)], now) == [1 if kept else 2]


def test_a_remembered_person_is_known_but_not_expected():
    tracker = Tracker()
    now = away(tracker, 2.0, others=[face(900, 200)])

    assert tracker.ids == {1, 2}
    assert [expected.id for expected in tracker.expected(now)] == [2]


def test_the_longer_a_person_is_away_the_farther_off_they_may_return():
    for seconds, distance in ((0.1, 0.9), (0.5, 1.5), (1.5, 2.8)):
        tracker = Tracker()
        now = away(tracker, seconds)
        assert ids(tracker, [face(300 + 100 * distance, 200)], now) == [1]
        assert ids(Tracker(), [face(300, 200)], 0.0) == [1]

    soon = Tracker()
    now = away(soon, 0.1)
    assert ids(soon, [face(300 + 280, 200)], now) == [2]


def test_another_size_is_another_person():
    tracker = Tracker()
    now = away(tracker, 2.0)

    assert ids(tracker, [face(300, 200, side=250)], now) == [2]


def test_a_person_in_view_never_takes_the_id_of_a_remembered_one():
    """Somebody walks over the place where another person was last seen."""
    tracker = Tracker()
    follow(tracker, [[face(300, 200), face(800 - 25 * n, 200)] for n in range(5)], rate=10)

    walk = [[face(700 - 25 * n, 200)] for n in range(25)]

    assert follow(tracker, walk, rate=10, start=0.5) == [[2]] * 25


def test_a_newcomer_between_two_remembered_people_gets_an_id_of_their_own():
    tracker = Tracker()
    follow(tracker, [[face(300, 200), face(500, 200)]] * 10, rate=10)
    follow(tracker, [[]] * 20, rate=10, start=1.0)

    assert ids(tracker, [face(400, 200)], 3.0) == [3]


def test_of_two_newcomers_the_one_at_the_old_place_gets_the_id():
    tracker = Tracker()
    now = away(tracker, 2.0)

    assert ids(tracker, [face(520, 200), face(305, 200)], now) == [2, 1]


def test_of_two_newcomers_at_the_same_distance_none_gets_the_id():
    tracker = Tracker()
    now = away(tracker, 2.0)

    assert ids(tracker, [face(180, 200), face(420, 200)], now) == [2, 3]


def test_two_people_who_return_together_are_told_apart_by_their_places():
    tracker = Tracker()
    follow(tracker, [[face(300, 200), face(600, 200)]] * 10, rate=10)
    follow(tracker, [[]] * 30, rate=10, start=1.0)

    assert ids(tracker, [face(590, 210), face(320, 190)], 4.0) == [2, 1]


def test_a_face_behind_another_one_moves_with_it_and_keeps_its_id():
    """The one in front walks off to the side, and the other appears beside them."""
    tracker = Tracker()
    follow(tracker, [[face(300, 200, 140), face(480 - 12 * n, 200, 90)] for n in range(9)], 10)
    covered = [[face(300 + 15 * n, 200, 140)] for n in range(30)]
    follow(tracker, covered, rate=10, start=0.9)

    assert ids(tracker, [face(750, 200, 140), face(640, 200, 90)], 3.9) == [1, 2]


def test_a_head_that_moves_two_of_its_widths_between_two_frames_a_second_apart_keeps_its_id():
    path = [[face(x, 200), face(1000, 600)] for x in (100, 300, 100, 300, 300, 500)]

    assert follow(Tracker(), path, rate=1) == [[1, 2]] * 6


def test_at_few_frames_per_second_two_neighbours_who_are_missed_in_turn_keep_their_ids():
    left, right = face(300, 200), face(430, 200)
    path = [[left, right], [left, right], [left], [right], [left, right]]

    assert follow(Tracker(), path, rate=2.5) == [[1, 2], [1, 2], [1], [2], [1, 2]]


def test_beside_a_person_only_those_appear_who_were_covered_when_they_were_lost():
    """Somebody comes out from behind another person and leaves. Then a newcomer comes out."""
    tracker = Tracker()
    front = face(300, 200, 140)
    follow(tracker, [[front, face(480 - 12 * n, 200, 90)] for n in range(9)], rate=10)
    follow(tracker, [[front]] * 5, rate=10, start=0.9)
    follow(tracker, [[front, face(400 + 30 * n, 200, 90)] for n in range(20)], 10, start=1.4)
    follow(tracker, [[front]] * 10, rate=10, start=3.4)

    assert ids(tracker, [front, face(400, 200, 90)], 4.4) == [1, 3]


def test_a_returning_person_is_marked_once():
    tracker = Tracker()
    now = away(tracker, 2.0)

    marks = [
        [track.has_returned for track in tracker.update([face(300, 200)], now + n / 10) if track]
        for n in range(3)
    ]

    assert marks == [[True], [False], [False]]


def test_a_client_with_a_frame_every_two_seconds_has_no_returning_people():
    tracker = Tracker()

    for n in range(5):
        [track] = tracker.update([face(300, 200)], 2.0 * n)
        assert track is not None
        assert not track.has_returned


def test_nothing_is_left_after_forget_and_ids_go_on():
    tracker = Tracker()
    now = away(tracker, 0.5)

    tracker.forget()

    assert tracker.ids == set()
    assert tracker.expected(now) == []
    assert ids(tracker, [face(300, 200)], now) == [2]


def test_a_client_that_shows_ever_new_faces_does_not_fill_the_memory():
    rng = np.random.default_rng(0)
    tracker = Tracker(memory_seconds=60, max_faces=4)

    for frame in range(200):
        tracker.update([face(*rng.uniform(0, 5000, 2), rng.uniform(20, 300))] * 4, frame / 30)

    assert len(tracker.ids) <= 20
