"""Crops for training: jittered in frame and light as live pictures are.

All of it is OpenCV on one picture at a time, about a tenth of a millisecond each, so that one core
spends its time on the network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from face_utils.cropping import Square, crop
from serving.training.faces import Grey
from serving.training.occlusion import covered
from serving.training.recipe import Framing, Light

BLUR = (0.4 / 64, 1.3 / 64)
"""Smallest and largest standard deviation of a blur, in sides of the crop."""

SMALLEST_SIDE = 32
"""Side in pixels of the crops of the furthest faces; the quality gate lets few smaller ones by."""


def detected_square(square: NDArray[np.float32], margin: float) -> Square:
    """The square that serving cuts: the detection widened by the model's margin."""
    x, y, side, roll = (float(v) for v in square)
    return Square(x, y, side * (1 + 2 * margin), roll)


def whole_square(image: Grey) -> Square:
    """The square that takes in the whole picture."""
    height, width = image.shape
    return Square(width / 2, height / 2, max(height, width))


def jitter_square(square: Square, framing: Framing, rng: Generator) -> Square:
    """A square near the given one, as another detection of the same face could be."""
    low, high = np.log(framing.scale)
    side = square.side * float(np.exp(rng.uniform(low, high)))
    dx, dy = rng.uniform(-framing.shift, framing.shift, 2) * side
    roll = square.roll + float(rng.uniform(-framing.roll, framing.roll))
    return Square(square.x + float(dx), square.y + float(dy), side, roll)


def adjust_light(image: Grey, light: Light, rng: Generator) -> Grey:
    """The picture with another gamma, contrast and brightness."""
    gamma = light.gamma ** rng.uniform(-1, 1)
    contrast = 1 + rng.uniform(-light.contrast, light.contrast)
    brightness = rng.uniform(-light.brightness, light.brightness)
    values = np.linspace(0, 1, 256) ** gamma
    values = (values - 0.5) * contrast + 0.5 + brightness
    return cv2.LUT(image, np.clip(values * 255, 0, 255).astype(np.uint8))


def blurred(image: Grey, rng: Generator) -> Grey:
    """Out of focus."""
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(*BLUR) * len(image))


def coarse(image: Grey, rng: Generator) -> Grey:
    """As if the face had been further away."""
    least = min(SMALLEST_SIDE / len(image), 0.5)
    small = cv2.resize(image, None, fx=(f := rng.uniform(least, 0.9)), fy=f)
    return cv2.resize(small, image.shape[::-1])


def noisy(image: Grey, rng: Generator) -> Grey:
    """Sensor noise."""
    noise = rng.normal(0, rng.uniform(3, 15), image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def compressed(image: Grey, rng: Generator) -> Grey:
    """Traces of a webcam's JPEG."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
    return cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_GRAYSCALE)


def dusky(image: Grey, rng: Generator) -> Grey:
    """So little light that only some grey levels are left, and noise among them."""
    noise = rng.normal(0, rng.uniform(0.5, 3), image.shape)
    return np.clip(image * rng.uniform(0.06, 0.5) + noise, 0, 255).astype(np.uint8)


DEGRADATIONS: Sequence[Callable[[Grey, Generator], Grey]] = (
    blurred,
    coarse,
    dusky,
    noisy,
    compressed,
)


def augment(image: Grey, light: Light, rng: Generator) -> Grey:
    """The picture as a poor camera in poor light might have taken it, mirrored half of the time."""
    image = adjust_light(image, light, rng)
    for degrade in DEGRADATIONS:
        if rng.random() < light.degrade:
            image = degrade(image, rng)
    if rng.random() < light.cover:
        image = covered(image, rng)
    return image[:, ::-1] if rng.random() < 0.5 else image


def training_crop(
    image: Grey,
    square: NDArray[np.float32],
    size: int,
    margin: float,
    framing: Framing,
    light: Light,
    rng: Generator,
) -> Grey:
    """One crop for training, `(size, size)` uint8."""
    start = whole_square(image) if rng.random() < framing.whole else detected_square(square, margin)
    return augment(crop(image, jitter_square(start, framing, rng), size), light, rng)
