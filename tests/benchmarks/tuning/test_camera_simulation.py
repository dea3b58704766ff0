"""Simulated cameras: clips, jitter and degradations."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.models import load_models
from benchmarks.tuning.camera_simulation import estimate_jitter, poor_camera
from benchmarks.tuning.clips import back_and_forth, track_clips
from benchmarks.tuning.degradations import DEGRADATIONS, shrink
from face_utils.cropping import crop
from face_utils.detection import Detection
from face_utils.quality import CROP_MARGIN, CROP_SIZE
from serving.contract import CONTRACT, MODELS
from serving.training.augmentation import detected_square
from tests.support.moving_face import draw_face

SQUARE = np.array([226.5, 121.5, 107, 0], "f4")


@pytest.fixture(scope="module")
def grey(face_image):
    return cv2.cvtColor(face_image, cv2.COLOR_BGR2GRAY)


def face(x=0.0, size=1.0):
    points = np.array([[35, 40], [65, 40], [50, 60], [50, 78]], "f4")
    spread = 50 + (points - 50) * size
    spread[:, 0] += x
    return Detection(np.array([0, 0, 100, 100], "f4"), 0.9, spread)


def test_a_clip_plays_back_and_forth():
    assert [back_and_forth(n, 4) for n in range(10)] == [0, 1, 2, 3, 2, 1, 0, 1, 2, 3]


def test_a_clip_of_one_frame_stands_still():
    assert [back_and_forth(n, 1) for n in range(3)] == [0, 0, 0]


def test_a_clip_becomes_one_track_with_predictions_of_each_model_for_each_frame(tmp_path):
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    video = cv2.VideoWriter(str(tmp_path / "clip.mkv"), codec, 30, (640, 480))
    for step in range(6):
        video.write(draw_face(step / 60))
    video.release()
    models = load_models(CONTRACT, MODELS)

    [clip] = track_clips(tmp_path, models, lambda frame: frame)

    assert (clip.name, clip.rate, len(clip.faces)) == ("clip", 30, 6)
    assert all(set(seen.predictions) == set(models) for seen in clip.faces)
    assert len(clip.play(models["emotion"].spec, seconds=2)) == 20


def test_a_folder_without_clips_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="No clips"):
        track_clips(tmp_path, {}, lambda frame: frame)


def test_a_poor_camera_makes_frames_small_and_dark():
    frame = poor_camera(seed=0)(np.full((480, 640, 3), 200, np.uint8))

    assert frame.shape == (240, 320, 3)
    assert frame.mean() == pytest.approx(70, abs=1)


def test_a_face_that_keeps_its_place_in_the_box_has_no_jitter():
    jitter = estimate_jitter([[face()] * 5], step=1)

    assert (jitter.scale, jitter.shift, jitter.roll) == ((1, 1), 0, 0)


def test_eyes_that_move_in_the_box_are_jitter():
    rng = np.random.default_rng(0)
    track = [face(x, np.exp(s)) for x, s in rng.uniform(-1, 1, (4000, 2)) * [3, 0.05]]

    jitter = estimate_jitter([track], step=1)

    # Only x moves, by 3 % of the side; the shift holds for both axes.
    assert jitter.shift == pytest.approx(0.03 / 2**0.5, rel=0.05)
    assert np.log(jitter.scale) == pytest.approx([-0.05, 0.05], rel=0.05)


def measured(degradation, grey, amount):
    degraded, square = degradation.degrade(grey, SQUARE, amount)
    checked = crop(degraded, detected_square(square, CROP_MARGIN), CROP_SIZE)
    return degradation.value(checked, square)


@pytest.mark.parametrize("degradation", DEGRADATIONS, ids=lambda degradation: degradation.constant)
def test_each_degradation_moves_its_measure_from_the_good_to_the_bad_side_of_its_bound(
    degradation, grey
):
    mild, harsh = (
        measured(degradation, grey, amount) for amount in (degradation.mild, degradation.harsh)
    )

    assert (mild > degradation.bound) == degradation.refuses_below
    assert (harsh < degradation.bound) == degradation.refuses_below


def test_a_face_that_is_small_already_is_not_enlarged(grey):
    same, square = shrink(grey, SQUARE, side=500)

    assert same.shape == grey.shape
    np.testing.assert_array_equal(square, SQUARE)
