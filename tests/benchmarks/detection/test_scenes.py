import numpy as np
import pytest

from benchmarks.detection.reference import YUNET, find_faces
from benchmarks.detection.scenes import Scene, evaluate, sweep
from face_utils.detection import Detection

IMAGE = np.zeros((400, 400, 3), np.uint8)
SURE, DOUBTFUL = [100, 100, 80, 80, 0.9], [300, 300, 50, 50, 0.7]
SCENES = [Scene(IMAGE, np.array([SURE, DOUBTFUL], np.float32))]


def find(*boxes):
    return lambda image: [Detection(np.array(b[:4], np.float32), score=b[4]) for b in boxes]


def test_doubtful_face_may_be_found_but_need_not():
    with_it, without = evaluate(find(SURE, DOUBTFUL), SCENES), evaluate(find(SURE), SCENES)
    for tally in (with_it, without):
        assert (tally.found.tolist(), tally.total.sum()) == ([0, 0, 1, 0], 1)
        assert tally.false_alarms == 0


def test_higher_threshold_finds_less():
    loose, strict = sweep(find([100, 100, 80, 80, 0.6], [0, 0, 9, 9, 0.4]), [0.3, 0.7], SCENES)
    assert (loose.found.sum(), loose.false_alarms) == (1, 1)
    assert (strict.found.sum(), strict.false_alarms) == (0, 0)


@pytest.mark.skipif(not YUNET.is_file(), reason="needs YuNet's file")
def test_reference_counts_face_of_two_scales_once(face_image):
    faces = find_faces(face_image)
    assert np.count_nonzero(faces[:, 4] >= 0.85) == 1
