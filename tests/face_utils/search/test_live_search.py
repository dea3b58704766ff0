"""Where a session looks, with red squares for faces."""

from __future__ import annotations

import numpy as np
import pytest

from face_utils.boxes import iou
from face_utils.search.coverage import LARGE, SMALL, fine, finest

HD, FULL_HD, VGA = (1280, 720), (1920, 1080), (640, 480)
SIZES = [VGA, HD, FULL_HD]
USER = (500, 200, 160, 160)
SMALL_FACE = 32


def near(found, *boxes):
    """Whether exactly these boxes were found, each once."""
    same = iou(np.array(found, np.float32).reshape(-1, 4), np.array(boxes, np.float32)) > 0.7
    return len(found) == len(boxes) and (same.sum(axis=0) == 1).all()


def small_faces(width, height, step=97):
    """Places all over a frame, also where windows end."""
    return [
        (x, y, SMALL_FACE, SMALL_FACE)
        for y in range(5, height - SMALL_FACE, step)
        for x in range(3, width - SMALL_FACE, step)
    ]


@pytest.mark.parametrize("size", SIZES)
def test_the_first_frame_shows_all_faces_each_once(session, size):
    faces = small_faces(*size)

    assert near(session.see(*faces, size=size), *faces)


@pytest.mark.parametrize("size", SIZES)
def test_a_newcomer_of_usual_size_is_found_within_300_ms(session, size):
    user = tuple(value * size[0] // 1280 for value in USER)
    session.see(size=size)

    found = [session.see(user, size=size) for _ in range(3)]

    assert near(found[-1], user)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("followed", [0, 1])
def test_small_newcomers_anywhere_are_found_within_a_second(session, size, followed):
    user = [tuple(value * size[0] // 1280 for value in USER)] * followed
    corner = user[0] if user else (0, 0, 0, 0)
    faces = [
        face
        for face in small_faces(*size)
        if not (
            corner[0] - 40 < face[0] < corner[0] + corner[2] + 10
            and corner[1] - 40 < face[1] < corner[1] + corner[3] + 10
        )
    ]
    session.see(*user, size=size)

    for _ in range(10):
        found = session.see(*user, *faces, size=size)

    assert near(found, *user, *faces)


def test_a_face_of_usual_size_costs_one_small_canvas_in_most_frames(session):
    session.see(USER, size=VGA)

    canvases = [list(session.detector.canvases) for _ in range(20) if session.see(USER, size=VGA)]

    assert all(used[0] == SMALL for used in canvases)
    assert sum(len(used) for used in canvases) <= 20 + 3 + len(finest(*VGA))


@pytest.mark.parametrize("count", [1, 10, 25])
def test_followed_small_faces_share_canvases(session, count):
    faces = small_faces(1150, 720, step=130)[:count]
    session.see(*faces)

    used = []
    for _ in range(20):
        faces = [(x + 5, y, w, h) for x, y, w, h in faces]
        assert near(session.see(*faces), *faces)
        used += session.detector.canvases

    rounds = 3  # Newcomers are searched for everywhere every 0.75 of these two seconds.
    assert used.count(LARGE) <= 20 * (count > 18) + rounds * len(fine(1280, 720))
    assert used.count(SMALL) <= 20 * (1 + (count < 18) * -(-count // 6))


@pytest.mark.parametrize("side", [36, 160, 400])
def test_a_head_that_moves_two_widths_in_a_second_is_found_in_the_same_frame(session, side):
    session.see((10, 150, side, side))
    moved = (10 + 2 * side, 200, side, side)

    assert near(session.see(moved, seconds=1.0), moved)


def test_a_lost_face_is_searched_for_everywhere_but_not_again_and_again(session):
    session.see((100, 150, 40, 40))
    for _ in range(10):
        session.see((100, 150, 40, 40))

    session.see()
    assert session.detector.canvases.count(LARGE) == len(fine(1280, 720))
    session.see((900, 500, 40, 40))
    assert session.detector.canvases.count(LARGE) <= 1


def test_a_followed_face_may_have_a_lower_score_than_a_new_one(session):
    session.see(USER)
    session.detector.lowered = 0.4

    assert near(session.see(USER), USER)
    assert near(session.see(USER, (900, 200, 160, 160)), USER)


def test_a_doubtful_newcomer_is_shown_after_a_closer_look(session):
    session.see()
    doubtful = (600, 300, 88, 88)  # 11 pixels in the coarse look.

    found = [session.see(doubtful) for _ in range(6)]

    first = next(index for index, boxes in enumerate(found) if boxes)
    assert near(found[first], doubtful)
    assert first >= 1


def test_a_newcomer_that_stays_doubtful_is_not_shown(session):
    session.see()
    session.detector.lowered = 0.3

    assert not any(session.see(USER) for _ in range(20))


def test_another_size_of_the_frames_starts_with_a_full_search(session):
    session.see(USER)
    faces = small_faces(*VGA)

    assert near(session.see(*faces, size=VGA), *faces)


def test_the_same_place_gives_the_same_box_in_every_frame(session):
    faces = [(301, 207, 37, 37), USER]
    session.see(*faces)

    boxes = {str(session.see(*faces)) for _ in range(20)}

    assert len(boxes) == 1


def test_a_face_that_is_too_small_to_be_judged_is_boxed_within_two_seconds(session):
    session.see(size=VGA)

    seen = [session.see((311, 232, 26, 26), size=VGA) for _ in range(20)]

    assert any(near(faces, (311, 232, 26, 26)) for faces in seen)
