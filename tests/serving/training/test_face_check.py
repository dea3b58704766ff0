from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.cropping import Square
from face_utils.detection import Detection
from serving.training.face_check.drawings import draw_cartoon, draw_smiley
from serving.training.face_check.examples import Examples, Head, build_examples, fooled_heads, turn
from serving.training.face_check.network import TrainingRecipe, save, train
from serving.training.recipe_files import load_recipe

RECIPE = TrainingRecipe(units=4, epochs=60, rate=0.02)
UPRIGHT = np.array([[40, 50], [80, 50], [60, 70], [60, 90]], np.float32)


class FixedDetector:
    """Claims that every head is upright."""

    name = "fixed"

    def detect(self, image):
        side = len(image) / 2
        return [Detection(np.array([side / 2, side / 2, side, side], np.float32), 0.9, UPRIGHT)]


def test_the_network_learns_to_separate_examples():
    rng = np.random.default_rng(0)
    upright = (np.arange(1200) % 2).astype(np.float32)
    inputs = rng.normal(0, 1, (1200, 6)).astype(np.float32)
    inputs[:, 2] += 6 * upright - 10

    hidden, hidden_bias, output, bias = train(Examples(inputs, upright), RECIPE)

    odds = np.maximum(inputs @ hidden + hidden_bias, 0) @ output + bias
    assert np.mean((odds > 0) == (upright == 1)) > 0.99


def test_the_weights_are_written_in_half_precision(tmp_path):
    weights = [np.ones(shape, np.float32) for shape in ((900, 16), 16, 16, 1)]

    save(weights, tmp_path / "weights.npz")

    with np.load(tmp_path / "weights.npz") as file:
        assert {name: file[name].shape for name in file.files} == {
            "hidden": (900, 16),
            "hidden_bias": (16,),
            "output": (16,),
            "bias": (1,),
        }
        assert file["hidden"].dtype == np.float16


def test_a_head_is_turned_clockwise():
    image = np.zeros((100, 100), np.uint8)
    image[5:15, 45:55] = 255

    turned = turn(image, 90)

    ys, xs = np.nonzero(turned > 128)
    assert xs.mean() > 0.6 * len(turned)
    assert abs(ys.mean() - len(turned) / 2) < 3


def test_only_heads_that_the_detector_takes_wrongly_are_examples():
    image = np.zeros((100, 100), np.uint8)

    heads = list(fooled_heads([image], FixedDetector(), np.random.default_rng(0)))

    assert len(heads) == 3


def test_there_are_examples_of_every_kind():
    rng = np.random.default_rng(0)
    head = Head(rng.integers(0, 256, (128, 128)).astype(np.uint8), Square(64, 64, 80))

    examples = build_examples([head], [head], load_recipe("emotion").augmentation.photometric, rng)

    assert examples.upright.tolist() == [1.0] * 4 + [0.0] * 7
    assert examples.histograms.shape == (11, 900)


@pytest.mark.parametrize("draw", [draw_smiley, draw_cartoon])
def test_drawings_differ(draw):
    rng = np.random.default_rng(0)

    first, second = draw(rng), draw(rng)

    assert first.shape == (256, 256, 3)
    assert cv2.absdiff(first, second).mean() > 5
