import numpy as np

from benchmarks.detection.matching import Tally, covered, size_bins

FACES = np.array([[10, 10, 50, 60], [200, 100, 100, 120]], np.float32)


def test_box_framed_differently_covers_face():
    boxes = np.array([[5, 15, 60, 60]], np.float32)
    assert covered(FACES, boxes).tolist() == [True, False]


def test_no_boxes_cover_no_face():
    assert covered(FACES, np.zeros((0, 4), np.float32)).tolist() == [False, False]


def test_box_that_is_much_larger_does_not_cover_face():
    assert not covered(FACES, np.array([[0, 0, 300, 300]], np.float32)).any()


def test_bins_use_longer_side_of_face_and_image():
    faces = np.array([[0, 0, 10, 15], [0, 0, 10, 24], [0, 0, 64, 40], [0, 0, 5, 400]], np.float32)
    assert size_bins(faces, longer_side=400).tolist() == [-1, 0, 2, 3]


def test_tally_counts_found_faces_and_false_alarms():
    tally = Tally()
    boxes = np.array([[205, 105, 100, 110], [350, 350, 40, 40], [12, 12, 50, 60]], np.float32)
    tally.add(boxes, faces=FACES[1:], confirmed=FACES, longer_side=640)
    assert (tally.found.tolist(), tally.total.tolist()) == ([0, 0, 1, 0], [0, 0, 1, 0])
    assert tally.false_alarms == 1
