"""Ids survive a change of the frame's resolution."""

from __future__ import annotations

import numpy as np
import pytest

from face_utils.detection import Detection
from face_utils.tracking import Tracker

FACES = [(120, 200, 60), (330, 150, 110), (520, 330, 80)]
"""Centre and side of three faces in 640x480."""


def seen(scale_x, scale_y, left=0.0, top=0.0):
    """The faces as another frame shows them."""
    detections = []
    for x, y, side in FACES:
        size = np.array([side * scale_x, side * scale_y])
        corner = np.array([x * scale_x + left, y * scale_y + top]) - size / 2
        detections.append(Detection(np.array([*corner, *size], np.float32), 0.9))
    return detections


def ids_after(size, detections, faces=slice(None)):
    tracker = Tracker()
    for frame in range(5):
        tracker.update(seen(1, 1), frame / 10, (640, 480))
    tracks = tracker.update(detections[faces], 0.5, size)
    return [track.id for track in tracks if track]


@pytest.mark.parametrize("size", [(1280, 960), (320, 240), (800, 600), (1920, 1440)])
def test_the_same_picture_in_another_size(size):
    scale = size[0] / 640

    assert ids_after(size, seen(scale, scale)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((1280, 720), seen(2, 2, top=-120)),
        ((1280, 720), seen(1.5, 1.5, left=160)),
        ((1280, 720), seen(2, 1.5)),
        ((480, 640), seen(1, 1, left=-80, top=80)),
        ((640, 360), seen(1, 1, top=-60)),
    ],
    ids=["cut above and below", "more at the sides", "stretched", "phone turned", "cut"],
)
def test_a_picture_of_another_shape(size, shown):
    assert ids_after(size, shown) == [1, 2, 3]


def test_a_single_face_is_enough():
    assert ids_after((1280, 720), seen(1.5, 1.5, left=160), slice(1, 2)) == [2]


def test_an_id_also_survives_when_the_face_is_missed_at_the_change():
    tracker = Tracker()
    for frame in range(5):
        tracker.update(seen(1, 1), frame / 10, (640, 480))
    tracker.update([], 0.5, (1280, 960))

    tracks = tracker.update(seen(2, 2), 0.6, (1280, 960))

    assert [track.id for track in tracks if track] == [1, 2, 3]


def test_motion_and_landmarks_are_scaled_too():
    tracker = Tracker()
    points = np.array([[20, 40], [60, 40], [40, 60], [40, 80]], np.float32)
    for frame in range(20):
        step = np.array([10 * frame, 0], np.float32)
        box = np.array([*step, 80, 80], np.float32)
        tracker.update([Detection(box, 0.9, points + step)], frame / 10, (640, 480))
    tracker.update([], 2.0, (1280, 960))

    [expected] = tracker.expected(2.1)

    np.testing.assert_allclose(expected.box, [420, 0, 160, 160], atol=2)
    np.testing.assert_allclose(expected.landmarks, 2 * points + [420, 0], atol=2)


def test_without_a_size_nothing_is_scaled():
    tracker = Tracker()
    tracker.update(seen(1, 1), 0.0, (640, 480))

    tracks = tracker.update(seen(1, 1), 0.1)

    assert [track.id for track in tracks if track] == [1, 2, 3]
