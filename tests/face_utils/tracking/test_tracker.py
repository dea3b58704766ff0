from __future__ import annotations

import numpy as np
import pytest

from face_utils.detection import Detection
from face_utils.tracking import Tracker
from tests.support.faces import face, follow


def test_ids_count_up_from_1_in_the_order_of_the_detections():
    tracker = Tracker()

    tracks = tracker.update([face(100, 100), face(400, 100)], 0.0)

    assert [track.id for track in tracks] == [1, 2]
    assert tracker.ids == {1, 2}


def test_tracks_come_in_the_order_of_the_detections_whatever_that_is():
    tracker = Tracker()
    tracker.update([face(100, 100), face(400, 100)], 0.0)

    tracks = tracker.update([face(401, 100), face(250, 300), face(101, 100)], 0.1)

    assert [track.id for track in tracks] == [2, 3, 1]


@pytest.mark.parametrize("rate", [2, 5, 10, 30])
def test_a_face_that_walks_through_the_image_keeps_its_id(rate):
    frames = np.arange(0, 3, 1 / rate)
    path = [[face(50 + 150 * now, 200 + 40 * np.sin(now))] for now in frames]

    assert follow(Tracker(), path, rate) == [[1]] * len(path)


def test_a_fast_face_is_matched_at_its_predicted_position():
    path = [[face(x, 200)] for x in np.cumsum([0, 60, 85, 110, 130, 150])]

    assert follow(Tracker(), path, rate=2.5) == [[1]] * 6


def test_a_face_that_comes_nearer_keeps_its_id():
    path = [[face(300, 200, side)] for side in np.geomspace(40, 300, 20)]

    assert follow(Tracker(), path, rate=10) == [[1]] * 20


def test_a_face_that_stops_suddenly_keeps_its_id():
    path = [[face(x, 200)] for x in (50, 120, 190, 260, 260, 260, 255)]

    assert follow(Tracker(), path, rate=10) == [[1]] * 7


def test_two_faces_that_shake_side_by_side_are_not_swapped():
    rng = np.random.default_rng(0)
    path = [[face(*rng.normal((x, 200), 12)) for x in (200, 330)] for _ in range(300)]

    assert follow(Tracker(), path, rate=10) == [[1, 2]] * 300


def test_two_close_faces_match_their_nearest_tracks():
    path = [[face(200, 200), face(280, 200)], [face(278, 205), face(203, 205)]]

    assert follow(Tracker(), path, rate=10) == [[1, 2], [2, 1]]


def test_two_faces_that_pass_each_other_at_different_heights_are_not_swapped():
    path = [[face(100 + 20 * n, 150), face(540 - 20 * n, 270)] for n in range(22)]

    assert follow(Tracker(), path, rate=15) == [[1, 2]] * 22


def test_a_near_face_that_crosses_a_far_one_does_not_take_its_id():
    path = [[face(100 + 20 * n, 200, 220), face(320, 200, 60)] for n in range(22)]

    assert follow(Tracker(), path, rate=15) == [[1, 2]] * 22


def test_the_order_of_the_detections_does_not_matter():
    rng = np.random.default_rng(1)
    tracker, places = Tracker(), [(100, 100), (300, 120), (500, 90), (200, 350)]
    tracker.update([face(*place) for place in places], 0.0)

    for frame in range(1, 100):
        order = rng.permutation(4)
        faces = [face(*rng.normal(places[n], 5)) for n in order]
        ids = [track.id for track in tracker.update(faces, frame / 10)]
        assert ids == [n + 1 for n in order]


def test_a_face_that_is_lost_for_a_moment_keeps_its_id():
    tracker = Tracker()
    follow(tracker, [[face(300, 200)], *[[]] * 8], rate=10)

    assert tracker.ids == {1}
    assert follow(tracker, [[face(310, 205)]], rate=10, start=0.9) == [[1]]


def test_a_face_that_was_away_for_long_gets_a_new_id():
    tracker = Tracker()
    follow(tracker, [[face(300, 200)], *[[]] * 62], rate=10)

    assert tracker.ids == set()
    assert follow(tracker, [[face(300, 200)]], rate=10, start=6.3) == [[2]]


@pytest.mark.parametrize("seconds", [1.0, 1.5, 2.0, 4.0])
def test_a_still_face_keeps_its_id_at_a_frame_every_few_seconds(seconds):
    path = [[face(300 + n, 200)] for n in range(10)]

    assert follow(Tracker(), path, rate=1 / seconds) == [[1]] * 10


def test_after_a_long_pause_of_the_client_every_face_gets_a_new_id():
    tracker = Tracker()
    follow(tracker, [[face(300, 200)]], rate=10)

    assert follow(tracker, [[face(300, 200)]], rate=10, start=60) == [[2]]


def test_a_jump_across_the_image_is_another_face():
    assert follow(Tracker(), [[face(100, 100)], [face(240, 100)]], rate=10) == [[1], [2]]


def test_a_face_of_quite_another_size_is_another_face():
    assert follow(Tracker(), [[face(300, 200, 60)], [face(300, 200, 200)]], rate=10) == [[1], [2]]


@pytest.mark.parametrize("seed", range(10))
def test_ids_are_never_reused_and_never_given_twice_in_a_frame(seed):
    rng = np.random.default_rng(seed)
    tracker, known, now = Tracker(), set(), 0.0

    for _ in range(300):
        now += rng.exponential(0.2)
        faces = [
            face(*rng.uniform(0, 640, 2), rng.uniform(30, 200)) for _ in range(rng.integers(5))
        ]
        before = set(tracker.ids)
        ids = [track.id for track in tracker.update(faces, now)]
        assert len(set(ids)) == len(ids) == len(faces)
        new = set(ids) - before
        assert not new & known
        known |= new

    assert known == set(range(1, len(known) + 1))


def test_a_walking_face_is_expected_where_its_walk_leads():
    tracker = Tracker()
    landmarks = np.array([[20, 40], [60, 40], [40, 60], [40, 80]], np.float32)
    for frame in range(20):
        step = np.array([10 * frame, 5 * frame], np.float32)
        box = np.array([*step, 80, 80], np.float32)
        tracker.update([Detection(box, 0.9, landmarks + step)], frame / 10)

    [expected] = tracker.expected(2.0)

    assert (expected.id, expected.seen_at) == (1, 1.9)
    np.testing.assert_allclose(expected.box, [200, 100, 80, 80], atol=1)
    np.testing.assert_allclose(expected.landmarks, landmarks + np.array([200, 100]), atol=1)


def test_a_face_lost_a_moment_ago_is_expected_and_one_gone_for_long_is_not():
    tracker = Tracker()
    follow(tracker, [[face(100, 200), face(400, 200)], *[[face(400, 200)]] * 8], rate=10)

    assert [(e.id, e.seen_at) for e in tracker.expected(0.9)] == [(1, 0.0), (2, 0.8)]
    assert [e.id for e in tracker.expected(1.5)] == [2]


def test_nothing_is_expected_of_a_new_tracker():
    assert Tracker().expected(0.0) == []
