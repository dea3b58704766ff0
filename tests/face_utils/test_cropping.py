from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.cropping import Square, crop, face_square

# Images whose value is their column, or row: the pixels of a crop show their position.
ACROSS = np.tile(np.arange(250, dtype=np.uint8), (250, 1))
DOWN = ACROSS.T.copy()
SQUARE = Square(226, 121, 110, 5)


def difference(one, other):
    return np.abs(one.astype(int) - other.astype(int)).mean()


def test_the_square_lies_around_the_middle_of_the_box_and_has_its_longer_side():
    assert face_square(np.array([10, 20, 40, 60], "f4"), margin=0) == Square(30, 50, 60)


def test_the_margin_is_added_on_each_side():
    assert face_square(np.array([0, 0, 100, 100], "f4"), margin=0.25).side == 150


@pytest.mark.parametrize("margin", [0.0, 0.05, 0.3, 1.0])
def test_the_box_fills_the_crop_but_for_the_margin(margin):
    image = np.zeros((300, 300), np.uint8)
    image[100:200, 100:200] = 255

    white = crop(image, face_square(np.array([100, 100, 100, 100], "f4"), margin), 96) > 127

    assert np.flatnonzero(white.any(axis=0)).size == pytest.approx(96 / (1 + 2 * margin), abs=1)
    assert np.flatnonzero(white.any(axis=1)).size == pytest.approx(96 / (1 + 2 * margin), abs=1)


@pytest.mark.parametrize("seed", range(30))
def test_every_pixel_of_a_crop_shows_the_place_that_geometry_says(seed):
    rng = np.random.default_rng(seed)
    size, side, roll = int(rng.integers(16, 128)), rng.uniform(16, 120), rng.uniform(-180, 180)
    x, y = rng.uniform(90, 160, 2)

    # Middles of the crop's pixels, from its own middle, turned clockwise by `roll`.
    steps = ((np.arange(size) + 0.5) / size - 0.5) * side
    right, below = np.meshgrid(steps, steps)
    cos, sin = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    columns = x + right * cos - below * sin - 0.5
    rows = y + right * sin + below * cos - 0.5

    square = Square(x, y, side, roll)
    assert np.abs(crop(ACROSS, square, size) - columns).max() < 1.5
    assert np.abs(crop(DOWN, square, size) - rows).max() < 1.5


@pytest.mark.parametrize("roll", [0, 25])
@pytest.mark.parametrize(
    ("x", "y"), [(5, 120), (245, 120), (120, 5), (120, 245), (0, 0), (249, 249), (-30, 280)]
)
def test_at_the_edge_a_face_keeps_its_place_and_the_edge_is_repeated(face_image, x, y, roll):
    image = face_image[:250, 100:350]
    wide = cv2.copyMakeBorder(image, 200, 200, 200, 200, cv2.BORDER_REPLICATE)

    cut = crop(image, Square(x, y, 120, roll), 48)

    assert difference(cut, crop(wide, Square(x + 200, y + 200, 120, roll), 48)) < 0.1


def test_a_square_larger_than_the_image_is_cut_out_whole(face_image):
    image = face_image[60:180, 170:280]

    assert crop(image, Square(55, 60, 400), 64).shape == (64, 64)


@pytest.mark.parametrize("angle", [-90, -45, -20, 10, 30, 90, 180])
def test_a_turned_face_is_cut_out_upright(face_image, angle):
    turn = cv2.getRotationMatrix2D((226.0, 121.0), -angle, 1.0)
    turned = cv2.warpAffine(face_image, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    square = Square(226.5, 121.5, 110)

    upright = crop(face_image, square, 48)

    assert difference(crop(turned, Square(226.5, 121.5, 110, angle), 48), upright) < 4
    if angle != 0:
        assert difference(crop(turned, square, 48), upright) > 10


@pytest.mark.parametrize("factor", [0.5, 1.5, 2, 4])
def test_the_same_face_nearer_or_farther_gives_the_same_crop(face_image, factor):
    scaled = cv2.resize(
        face_image,
        None,
        fx=factor,
        fy=factor,
        interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC,
    )

    near = crop(scaled, Square(226 * factor, 121 * factor, 110 * factor), 48)

    assert difference(near, crop(face_image, Square(226, 121, 110), 48)) < 4


def test_grey_and_colour_images_give_the_same_crop(face_image):
    grey = cv2.cvtColor(face_image, cv2.COLOR_BGR2GRAY)

    assert difference(crop(grey, SQUARE, 48), crop(face_image, SQUARE, 48)) < 0.6
    np.testing.assert_array_equal(
        crop(grey, SQUARE, 48), crop(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), SQUARE, 48)
    )


@pytest.mark.parametrize("times", [2, 3, 4])
def test_shrinking_averages_over_areas_so_that_noise_evens_out(times):
    noise = np.random.default_rng(0).integers(0, 256, (400, 400), dtype=np.uint8)

    cut = crop(noise, Square(200, 200, 48 * times), 48)

    assert cut.std() == pytest.approx(noise.std() / times, rel=0.15)


@pytest.mark.parametrize("side", [0.0, 0.5, 3.0, 5000.0])
def test_a_square_of_any_side_gives_a_crop_of_the_wanted_size(face_image, side):
    cut = crop(face_image, Square(200, 100, side), 48)

    assert cut.shape == (48, 48)
    assert cut.dtype == np.uint8


def test_the_image_is_not_touched(face_image):
    before = face_image.copy()

    crop(face_image, SQUARE, 48)

    np.testing.assert_array_equal(face_image, before)
