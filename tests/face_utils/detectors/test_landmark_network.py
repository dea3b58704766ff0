"""The landmarks of a face follow its head, however it is turned."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.detectors.candidates import BOX, POINTS, SCORE
from face_utils.detectors.landmark_network import LandmarkNetwork
from face_utils.picture import Picture

FACE = np.array([173, 68, 107, 107, *[0] * 8, 0.9], np.float32)
EYES_AND_MOUTH = {"right eye": (204, 105), "left eye": (243, 104), "mouth": (224, 146)}
CENTRE = (226.5, 121.5)


@pytest.fixture(scope="module")
def network() -> LandmarkNetwork:
    return LandmarkNetwork()


def turned(image: np.ndarray, degrees: float) -> np.ndarray:
    """The image, turned clockwise around the centre of the face."""
    matrix = cv2.getRotationMatrix2D(CENTRE, -degrees, 1.0)
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def roll(face: np.ndarray) -> float:
    right_eye, left_eye = face[POINTS].reshape(4, 2)[:2]
    dx, dy = left_eye - right_eye
    return float(np.degrees(np.arctan2(dy, dx)))


def test_eyes_and_mouth_of_an_upright_face_are_found_within_five_pixels(network, face_image):
    [face] = network.locate(Picture.of(face_image), FACE[None])

    points = face[POINTS].reshape(4, 2)[[0, 1, 3]]
    assert points == pytest.approx(np.array(list(EYES_AND_MOUTH.values())), abs=5)


@pytest.mark.parametrize("degrees", [-60, -45, -30, -15, 0, 15, 30, 45, 60])
def test_the_tilt_of_a_head_is_found_within_ten_degrees(network, face_image, degrees):
    [face] = network.locate(Picture.of(turned(face_image, degrees)), FACE[None])

    assert roll(face) == pytest.approx(degrees, abs=10)


@pytest.mark.parametrize("degrees", [-90, 90])
def test_a_lying_head_does_not_pass_for_an_upright_one(network, face_image, degrees):
    [face] = network.locate(Picture.of(turned(face_image, degrees)), FACE[None])

    assert roll(face) == pytest.approx(degrees, abs=25)


def test_boxes_and_scores_stay_as_they_are(network, face_image):
    faces = np.stack([FACE, FACE + 3])

    located = network.locate(Picture.of(face_image), faces)

    np.testing.assert_array_equal(located[:, BOX], faces[:, BOX])
    np.testing.assert_array_equal(located[:, SCORE], faces[:, SCORE])


def test_no_faces_have_no_landmarks(network, face_image):
    assert network.locate(Picture.of(face_image), FACE[None][:0]).shape == (0, 13)
