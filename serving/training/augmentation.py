"""Augmentation of training crops: random geometry, light and degradation.

Everything is OpenCV on one image at a time and takes about 0.1 ms per crop, so that one core spends
its time on the network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from face_utils.cropping import Square, crop
from face_utils.model_spec import ModelSpec
from serving.training.faces import Grey
from serving.training.occlusion import occlude
from serving.training.recipe import Augmentation, GeometricAugmentation, PhotometricAugmentation

BLUR = (0.4 / 64, 1.3 / 64)
"""Smallest and largest standard deviation of a blur, in sides of the crop."""

SMALLEST_SIDE = 32
"""Side in pixels of the smallest face; the quality check refuses most smaller ones."""


def detected_square(square: NDArray[np.float32], margin: float) -> Square:
    """The square that the service cuts: the detection plus the model's margin."""
    x, y, side, roll = (float(v) for v in square)
    return Square(x, y, side * (1 + 2 * margin), roll)


def whole_square(image: Grey) -> Square:
    """The square that covers the whole image."""
    height, width = image.shape
    return Square(width / 2, height / 2, max(height, width))


def jitter_square(square: Square, geometric: GeometricAugmentation, rng: Generator) -> Square:
    """Moves, scales and rotates a square at random, as another detection of the face might."""
    low, high = np.log(geometric.scale)
    side = square.side * float(np.exp(rng.uniform(low, high)))
    dx, dy = rng.uniform(-geometric.shift, geometric.shift, 2) * side
    roll = square.roll + float(rng.uniform(-geometric.roll, geometric.roll))
    return Square(square.x + float(dx), square.y + float(dy), side, roll)


def adjust_light(image: Grey, photometric: PhotometricAugmentation, rng: Generator) -> Grey:
    """Changes gamma, contrast and brightness."""
    gamma = photometric.gamma ** rng.uniform(-1, 1)
    contrast = 1 + rng.uniform(-photometric.contrast, photometric.contrast)
    brightness = rng.uniform(-photometric.brightness, photometric.brightness)
    values = np.linspace(0, 1, 256) ** gamma
    values = (values - 0.5) * contrast + 0.5 + brightness
    return _grey(cv2.LUT(image, np.clip(values * 255, 0, 255).astype(np.uint8)))


def blur(image: Grey, rng: Generator) -> Grey:
    """Puts the face out of focus."""
    return _grey(cv2.GaussianBlur(image, (0, 0), rng.uniform(*BLUR) * len(image)))


def lower_resolution(image: Grey, rng: Generator) -> Grey:
    """Makes the face look as if it were further away."""
    least = min(SMALLEST_SIDE / len(image), 0.5)
    factor = rng.uniform(least, 0.9)
    small = cv2.resize(image, None, fx=factor, fy=factor)
    return _grey(cv2.resize(small, image.shape[::-1]))


def add_noise(image: Grey, rng: Generator) -> Grey:
    """Adds sensor noise."""
    noise = rng.normal(0, rng.uniform(3, 15), image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def compress(image: Grey, rng: Generator) -> Grey:
    """Adds the JPEG artefacts of a webcam."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
    return _grey(cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_GRAYSCALE))


def darken(image: Grey, rng: Generator) -> Grey:
    """Leaves only a few grey levels with noise between them, as in low light."""
    noise = rng.normal(0, rng.uniform(0.5, 3), image.shape)
    return np.clip(image * rng.uniform(0.06, 0.5) + noise, 0, 255).astype(np.uint8)


DEGRADATIONS: Sequence[Callable[[Grey, Generator], Grey]] = (
    blur,
    lower_resolution,
    darken,
    add_noise,
    compress,
)


def augment(image: Grey, photometric: PhotometricAugmentation, rng: Generator) -> Grey:
    """Degrades a crop as a poor camera in poor light would; mirrors half of the crops."""
    image = adjust_light(image, photometric, rng)
    for degrade in DEGRADATIONS:
        if rng.random() < photometric.degradation:
            image = degrade(image, rng)
    if rng.random() < photometric.occlusion:
        image = occlude(image, rng)
    return image[:, ::-1] if rng.random() < 0.5 else image


def training_crop(
    image: Grey,
    square: NDArray[np.float32],
    spec: ModelSpec,
    augmentation: Augmentation,
    rng: Generator,
) -> Grey:
    """Cuts and augments one crop for training, `(size, size)` uint8."""
    geometric = augmentation.geometric
    is_whole = rng.random() < geometric.whole_image
    start = whole_square(image) if is_whole else detected_square(square, spec.margin)
    cut = crop(image, jitter_square(start, geometric, rng), spec.size)
    return augment(cut, augmentation.photometric, rng)


def _grey(image: object) -> Grey:
    """Narrows the result of an OpenCV function, which has no exact type."""
    return np.asarray(image, dtype=np.uint8)
