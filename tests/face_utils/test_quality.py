from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.cropping import crop, face_square
from face_utils.detection import Detection
from face_utils.quality import CROP_MARGIN, CROP_SIZE, assess_quality

POINTS = np.array([[35, 40], [65, 40], [50, 60], [50, 78]], "f4")


def face(side=100.0, points=POINTS):
    landmarks = None if points is None else np.asarray(points, "f4") * side / 100
    return Detection(np.array([0, 0, side, side], "f4"), 0.9, landmarks)


@pytest.fixture(scope="module")
def good_crop(face_image):
    square = face_square(np.array([173, 68, 107, 107], "f4"), CROP_MARGIN)
    return crop(face_image, square, CROP_SIZE)


def test_a_good_face_has_no_reason(good_crop):
    quality = assess_quality(face(), good_crop)

    assert quality.ok
    assert quality.reasons == ()


def test_a_real_detection_of_a_good_face_has_no_reason(face_image, detector):
    [found] = detector.detect(face_image)
    square = face_square(found.box, CROP_MARGIN, found.roll)

    assert assess_quality(found, crop(face_image, square, CROP_SIZE)).ok


@pytest.mark.parametrize(("side", "ok"), [(10, False), (31, False), (33, True), (300, True)])
def test_a_face_of_a_few_pixels_is_too_small(good_crop, side, ok):
    assert assess_quality(face(side), good_crop).reasons == (() if ok else ("too_small",))


def test_a_face_without_light_is_too_dark(good_crop):
    assert assess_quality(face(), good_crop // 8).reasons == ("too_dark",)


def test_dim_light_is_not_a_reason(good_crop):
    assert assess_quality(face(), good_crop // 3).ok


def test_a_quarter_of_the_light_is_not_a_reason(good_crop):
    noise = np.random.default_rng(0).normal(0, 1, good_crop.shape)

    assert assess_quality(face(), (good_crop / 4 + noise).clip(0).astype(np.uint8)).ok


def test_the_light_and_not_the_skin_is_dark(good_crop):
    """A twentieth of the face is brighter than the skin: eyes, teeth and shine."""
    skin = (good_crop * 0.12).astype(np.uint8)
    lit = skin.copy()
    lit[20:22, 10:38] = 60

    assert "too_dark" in assess_quality(face(), skin).reasons
    assert "too_dark" not in assess_quality(face(), lit).reasons


def test_a_face_of_dark_skin_in_good_light_is_not_too_dark(good_crop):
    dark = (good_crop * 0.3).astype(np.uint8)

    assert dark.mean() < 60
    assert assess_quality(face(), dark).ok


def test_a_face_that_the_light_has_washed_out_is_too_bright(good_crop):
    assert assess_quality(face(), 215 + good_crop // 8).reasons == ("too_bright",)


def test_a_face_that_is_white_in_large_parts_is_too_bright(good_crop):
    assert assess_quality(face(), cv2.convertScaleAbs(good_crop, alpha=2.5)).reasons == (
        "too_bright",
    )


def test_a_bright_spot_on_a_face_is_not_a_reason(good_crop):
    lit = good_crop.copy()
    lit[:12, :24] = 255

    assert assess_quality(face(), lit).ok


def test_a_face_out_of_focus_is_blurred(good_crop):
    assert assess_quality(face(), cv2.GaussianBlur(good_crop, (0, 0), 5)).reasons == ("blurred",)


@pytest.mark.parametrize("contrast", [0.1, 0.3, 1.0])
def test_dim_light_does_not_count_as_blur(good_crop, contrast):
    assert "blurred" not in assess_quality(face(), (good_crop * contrast).astype(np.uint8)).reasons


@pytest.mark.parametrize("contrast", [0.3, 0.6, 1.0])
def test_dim_light_does_not_hide_blur(good_crop, contrast):
    dim = cv2.GaussianBlur((good_crop * contrast).astype(np.uint8), (0, 0), 5)

    assert "blurred" in assess_quality(face(), dim).reasons


@pytest.mark.parametrize("roll", [-10.0, 0.0, 10.0])
@pytest.mark.parametrize("blocks", [8, 11, 14])
def test_a_pixelated_face_is_blurred(face_image, blocks, roll):
    """The head tilts, and the frame is pixelated afterwards."""
    tilt = cv2.getRotationMatrix2D((226, 121), -roll, 1.0)
    frame = cv2.warpAffine(face_image, tilt, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    count = round(512 / 107 * blocks)
    few = cv2.resize(frame, (count, count), interpolation=cv2.INTER_AREA)
    pixelated = cv2.resize(few, (512, 512), interpolation=cv2.INTER_NEAREST)
    square = face_square(np.array([173, 68, 107, 107], "f4"), CROP_MARGIN, roll)
    radians = np.radians(roll)
    points = (POINTS - 50) @ np.array(
        [[np.cos(radians), np.sin(radians)], [-np.sin(radians), np.cos(radians)]]
    )

    assert assess_quality(face(points=points), crop(frame, square, CROP_SIZE)).ok
    assert assess_quality(face(points=points), crop(pixelated, square, CROP_SIZE)).reasons == (
        "blurred",
    )


@pytest.mark.parametrize("quality", [20, 40])
def test_the_blocks_of_a_jpeg_are_not_a_reason(face_image, quality):
    encoded = cv2.imencode(".jpg", face_image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    square = face_square(np.array([173, 68, 107, 107], "f4"), CROP_MARGIN)

    assert assess_quality(face(), crop(cv2.imdecode(encoded, 1), square, CROP_SIZE)).ok


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_head_on_its_side_or_upside_down_is_unusual(good_crop, quarters):
    turned = np.ascontiguousarray(np.rot90(good_crop, quarters))

    assert assess_quality(face(), turned).reasons == ("unusual",)


@pytest.mark.parametrize("radius", [19, 22, 25])
def test_a_drawn_smiley_is_unusual(radius):
    drawn = np.full((192, 192), 120, np.uint8)
    cv2.circle(drawn, (96, 100), 4 * radius, 220, -1, cv2.LINE_AA)
    cv2.circle(drawn, (96 - 32, 75), 9, 10, -1, cv2.LINE_AA)
    cv2.circle(drawn, (96 + 32, 75), 9, 10, -1, cv2.LINE_AA)
    cv2.ellipse(drawn, (96, 110), (48, 36), 0, 20, 160, 10, 5, cv2.LINE_AA)
    small = cv2.resize(drawn, (48, 48), interpolation=cv2.INTER_AREA)

    assert assess_quality(face(), small).reasons == ("unusual",)


@pytest.mark.parametrize("tilt", [-12, 12])
def test_a_face_whose_tilt_is_not_quite_known_is_not_unusual(face_image, tilt):
    square = face_square(np.array([173, 68, 107, 107], "f4"), CROP_MARGIN, tilt)

    assert assess_quality(face(), crop(face_image, square, CROP_SIZE)).ok


def test_a_face_with_another_reason_is_not_unusual_too(good_crop):
    upside_down = np.ascontiguousarray(good_crop[::-1] // 10)

    assert assess_quality(face(), upside_down).reasons == ("too_dark",)


def test_an_even_surface_is_not_a_sharp_face():
    assert "blurred" in assess_quality(face(), np.full((48, 48), 128, np.uint8)).reasons


@pytest.mark.parametrize(
    "points",
    [
        [[35, 40], [65, 40], [80, 60], [50, 78]],
        [[35, 40], [65, 40], [20, 60], [50, 78]],
        [[48, 40], [60, 40], [54, 60], [50, 78]],
        [[50, 40], [50, 40], [50, 60], [50, 78]],
    ],
    ids=["nose to the left", "nose to the right", "eyes one behind the other", "one eye"],
)
def test_a_profile_is_turned_away(good_crop, points):
    assert assess_quality(face(points=points), good_crop).reasons == ("turned_away",)


@pytest.mark.parametrize(("nose", "ok"), [(50, True), (65, True), (72, False)])
def test_a_head_may_be_turned_as_long_as_the_nose_stays_between_the_eyes(good_crop, nose, ok):
    points = [[35, 40], [65, 40], [nose, 60], [50, 78]]

    assert assess_quality(face(points=points), good_crop).ok == ok


@pytest.mark.parametrize("angle", range(-180, 181, 30))
def test_tilting_the_head_does_not_turn_it_away(good_crop, angle):
    turn = cv2.getRotationMatrix2D((50, 50), angle, 1.0)
    tilted = np.column_stack([POINTS, np.ones(4)]) @ turn.T

    assert assess_quality(face(points=tilted), good_crop).ok


def test_without_landmarks_turned_away_is_not_reported(good_crop):
    assert assess_quality(face(points=None), good_crop).ok


def test_every_reason_is_named():
    black = np.zeros((48, 48), np.uint8)

    assert assess_quality(face(side=12), black).reasons == ("too_small", "too_dark", "blurred")
