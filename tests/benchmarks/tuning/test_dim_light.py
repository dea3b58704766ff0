from __future__ import annotations

import numpy as np

from benchmarks.tuning.dim_light import FACE_SIDE, brighten, photograph
from face_utils.quality import highlights
from serving.training.faces import Faces, Record


def test_a_dark_crop_gets_bright_highlights_and_a_bright_one_stays():
    crop = np.random.default_rng(0).integers(0, 200, (48, 48)).astype(np.uint8)

    assert abs(highlights(brighten(crop // 8)) - 130) <= 6
    np.testing.assert_array_equal(brighten(crop), crop)


def test_every_face_has_the_same_size_in_the_frame():
    image = np.full((104, 104), 200, np.uint8)
    faces = Faces.build(
        "fairface", [Record(image, "test", "0", group="A")], np.array([[52, 48, 60, 3]])
    )

    dim = photograph(faces, 0.25, np.random.default_rng(0))

    np.testing.assert_allclose(dim.squares, [[130, 120, FACE_SIDE, 3]], rtol=0.01)
    assert dim.frames[0].shape == (260, 260)
    assert abs(dim.frames[0].mean() - 50) < 1
