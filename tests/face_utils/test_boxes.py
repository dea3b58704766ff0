from __future__ import annotations

import numpy as np
import pytest

from face_utils.boxes import clip, iou, suppress


def boxes(*rows):
    return np.array(rows, dtype=np.float32)


def random_boxes(count, seed=0):
    rng = np.random.default_rng(seed)
    return np.hstack([rng.uniform(-50, 50, (count, 2)), rng.uniform(1, 80, (count, 2))]).astype(
        "f4"
    )


def test_overlap_is_shared_area_over_joint_area():
    assert iou(boxes([0, 0, 10, 10]), boxes([5, 0, 10, 10]))[0, 0] == pytest.approx(1 / 3)


def test_boxes_that_only_touch_do_not_overlap():
    assert iou(boxes([0, 0, 10, 10]), boxes([10, 0, 10, 10], [40, 40, 5, 5])).tolist() == [[0, 0]]


def test_overlap_is_symmetric_within_0_and_1_and_full_with_itself():
    some, others = random_boxes(60, 1), random_boxes(40, 2)

    overlaps = iou(some, others)

    np.testing.assert_allclose(overlaps, iou(others, some).T, rtol=1e-6)
    assert overlaps.min() >= 0
    assert overlaps.max() <= 1
    np.testing.assert_allclose(np.diag(iou(some, some)), 1, rtol=1e-5)


def test_overlap_does_not_depend_on_the_origin():
    some, others = random_boxes(30, 3), random_boxes(30, 4)
    shift = np.array([64, -32, 0, 0], np.float32)

    np.testing.assert_allclose(
        iou(some, others), iou(some + shift, others + shift), rtol=1e-3, atol=1e-5
    )


def test_boxes_without_area_overlap_nothing():
    assert iou(boxes([3, 3, 0, 0]), boxes([3, 3, 0, 0], [0, 0, 9, 9])).tolist() == [[0, 0]]


def test_no_boxes_have_no_overlaps():
    assert iou(boxes([0, 0, 1, 1]), np.zeros((0, 4), np.float32)).shape == (1, 0)


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        ([10, 10, 20, 20], [10, 10, 20, 20]),
        ([-5, -5, 20, 20], [0, 0, 15, 15]),
        ([90, 70, 20, 20], [90, 70, 10, 10]),
        ([-10, -10, 300, 300], [0, 0, 100, 80]),
        ([200, 10, 20, 20], [100, 10, 0, 20]),
    ],
)
def test_clipping_keeps_the_part_inside_the_frame(box, inside):
    assert clip(boxes(box)[0], width=100, height=80).tolist() == inside


def test_suppression_makes_one_group_per_face_the_best_first():
    found = boxes([0, 0, 10, 10], [50, 0, 10, 10], [1, 0, 10, 10], [51, 1, 10, 10])

    assert suppress(found, np.array([0.6, 0.7, 0.9, 0.8], "f4"), 0.3) == [[2, 0], [3, 1]]


def test_suppression_puts_every_box_into_exactly_one_group_and_keeps_the_groups_apart():
    found, scores = random_boxes(80, 5), np.random.default_rng(6).random(80).astype("f4")

    groups = suppress(found, scores, 0.3)

    assert sorted(i for group in groups for i in group) == list(range(80))
    best = [group[0] for group in groups]
    assert scores[best].tolist() == sorted(scores[best], reverse=True)
    overlaps = iou(found[best], found[best])
    assert (overlaps[~np.eye(len(best), dtype=bool)] <= 0.3).all()


def test_suppression_of_nothing_is_nothing():
    assert suppress(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.3) == []
