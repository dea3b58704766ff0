"""Tests for every detector."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.boxes import iou

FACE = np.array([[173, 68, 107, 107]], np.float32)


def overlap(detection, box=FACE):
    return float(iou(detection.box[None], box)[0, 0])


def shifted(right, down):
    return FACE + np.array([right, down, 0, 0], np.float32)


def tilted(image, angle):
    """The image turned clockwise around its face, which comes to the middle."""
    turn = cv2.getRotationMatrix2D((226.0, 121.0), -angle, 1.0)
    turn[:, 2] += [256 - 226, 256 - 121]
    return cv2.warpAffine(image, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)


def test_the_astronaut_has_one_face(any_detector, face_image):
    [face] = any_detector.detect(face_image)

    assert overlap(face) > 0.6
    assert face.box.dtype == np.float32
    assert 0.5 < face.score <= 1


def test_all_detectors_give_a_face_the_same_box(any_detector, detector, face_image):
    [face], [reference] = any_detector.detect(face_image), detector.detect(face_image)

    assert overlap(face, reference.box[None]) > 0.6


def test_landmarks_are_right_eye_left_eye_nose_and_mouth(landmark_detector, face_image):
    [face] = landmark_detector.detect(face_image)

    expected = [[203, 102], [246, 104], [224, 127], [223, 146]]
    assert np.abs(face.landmarks - expected).max() < 10
    assert face.landmarks.shape == (4, 2)


def test_boxes_and_landmarks_are_pixels_of_the_image_of_any_size(landmark_detector, face_image):
    [small] = landmark_detector.detect(face_image)
    [large] = landmark_detector.detect(cv2.resize(face_image, None, fx=2, fy=2))

    assert overlap(small, large.box[None] / 2) > 0.85
    assert np.abs(small.landmarks - large.landmarks / 2).max() < 6


@pytest.mark.parametrize(("x", "y"), [(0, 0), (300, 0), (0, 200), (170, 60)])
def test_a_face_is_found_where_it_is_in_a_wide_image(any_detector, face_image, x, y):
    photo = np.full((600, 900, 3), 90, np.uint8)
    photo[y : y + 300, x : x + 330] = face_image[:300, 60:390]

    [face] = any_detector.detect(photo)

    assert overlap(face, shifted(x - 60, y)) > 0.5


def test_two_faces_are_both_found(any_detector, face_image):
    faces = any_detector.detect(np.hstack([face_image, face_image]))

    assert len(faces) == 2
    left, right = sorted(faces, key=lambda face: float(face.box[0]))
    assert overlap(left) > 0.5
    assert overlap(right, shifted(512, 0)) > 0.5
    assert [face.score for face in faces] == sorted((f.score for f in faces), reverse=True)


def test_a_face_that_fills_the_image_is_found(any_detector, face_image):
    filling = cv2.resize(face_image[63:180, 168:285], (480, 480))

    [face] = any_detector.detect(filling)

    assert overlap(face, np.array([[20, 20, 430, 430]], np.float32)) > 0.5


def test_noise_contains_no_face(any_detector):
    rng = np.random.default_rng(0)

    for _ in range(3):
        noise = rng.integers(0, 256, (240, 320, 3), dtype=np.uint8)
        assert any_detector.detect(noise) == []


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_plain_wall_contains_no_face(any_detector, value):
    assert any_detector.detect(np.full((240, 320, 3), value, np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (20, 900), (900, 20), (33, 33)])
def test_an_image_of_an_unusual_shape_has_no_face(any_detector, shape):
    rng = np.random.default_rng(0)

    for _ in range(8):
        assert any_detector.detect(rng.integers(0, 256, (*shape, 3), dtype=np.uint8)) == []


def test_the_image_is_not_touched(any_detector, face_image):
    before = face_image.copy()

    any_detector.detect(face_image)

    np.testing.assert_array_equal(face_image, before)


def test_a_tilted_face_is_found_at_12_of_13_angles(detector, face_image):
    middle = np.array([[256 - 50, 256 - 50, 100, 100]], np.float32)

    hits = [
        any(overlap(face, middle) > 0.5 for face in detector.detect(tilted(face_image, angle)))
        for angle in range(-90, 91, 15)
    ]

    assert sum(hits) >= 12


@pytest.mark.parametrize("angle", range(-60, 61, 15))
def test_the_roll_of_a_tilted_face_is_measured(detector, face_image, angle):
    [face] = detector.detect(tilted(face_image, angle))

    assert face.roll == pytest.approx(angle, abs=15)
