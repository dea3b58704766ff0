from __future__ import annotations

from itertools import count
from threading import Barrier

import numpy as np
import pytest

from face_utils.detection import Detection, DetectorPool

BLACK = np.zeros((4, 4, 3), np.uint8)


def test_a_face_whose_eyes_are_level_does_not_roll():
    assert eyes((40, 50), (60, 50)).roll == 0


@pytest.mark.parametrize("angle", [-170, -90, -30, 0, 45, 90, 135])
def test_the_roll_is_the_angle_of_the_line_through_the_eyes(angle):
    right_eye = np.array([50, 50])
    across = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])

    assert eyes(right_eye, right_eye + 20 * across).roll == pytest.approx(angle, abs=1e-3)


def test_without_landmarks_a_face_is_taken_for_upright():
    assert Detection(np.zeros(4, np.float32), 1.0).roll == 0


def eyes(right, left):
    landmarks = np.array([right, left, (0, 0), (0, 0)], np.float32)
    return Detection(np.zeros(4, np.float32), 1.0, landmarks)


class Recorder:
    """A detector that records the threads that use it; all of them meet at a barrier."""

    name = "recorder"

    def __init__(self, number, barrier):
        self.number = number
        self._barrier = barrier

    def detect(self, image):
        self._barrier.wait(10)
        return [Detection(np.zeros(4, np.float32), float(self.number))]


def test_concurrent_threads_use_separate_detectors(in_thread):
    numbers, barrier = count(), Barrier(4)
    pool = DetectorPool(lambda: Recorder(next(numbers), barrier))

    calls = [in_thread(pool.detect, BLACK) for _ in range(4)]

    assert {call.result()[0].score for call in calls} == {0, 1, 2, 3}


def test_one_after_the_other_they_share_one():
    numbers, barrier = count(), Barrier(1)
    pool = DetectorPool(lambda: Recorder(next(numbers), barrier))

    assert [pool.detect(BLACK)[0].score for _ in range(5)] == [0] * 5
    assert next(numbers) == 1


def test_a_detector_that_failed_is_lent_again():
    class Failing:
        name = "failing"

        def detect(self, image):
            raise RuntimeError("no")

    built = []
    pool = DetectorPool(lambda: built.append(1) or Failing())

    for _ in range(3):
        with pytest.raises(RuntimeError):
            pool.detect(BLACK)

    assert len(built) == 1


def test_the_pool_has_the_name_of_its_detectors(detector):
    assert detector.name == "blazeface"


def test_detection_in_four_threads_finds_the_same_as_in_one(detector, face_image, in_thread):
    photos = [np.roll(face_image, shift, axis=1)[:, :360] for shift in range(0, 80, 10)]
    alone = [detector.detect(photo)[0].box.tolist() for photo in photos]
    assert len({tuple(box) for box in alone}) == len(alone)

    def work():
        return [detector.detect(photo)[0].box.tolist() for photo in photos * 2]

    for call in [in_thread(work) for _ in range(4)]:
        assert call.result() == alone * 2
