"""Examples of the face check: crops of upright faces, turned heads and drawings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from face_utils.cropping import Square, crop, face_square
from face_utils.detection import Detection, Detector
from face_utils.face_check import gradient_histograms
from face_utils.quality import CROP_MARGIN, CROP_SIZE
from serving.training.augmentation import augment, jitter_square
from serving.training.face_check.drawings import draw_cartoon, draw_smiley
from serving.training.faces import Grey
from serving.training.recipe import GeometricAugmentation, PhotometricAugmentation

BORDER = 40
FOOLED_ROLL = 45.0
"""A detector that is wrong by more than this about the roll takes a turned head for upright."""

DETECTED = GeometricAugmentation((0.87, 1.15), 0.06, 15.0, whole_image=0.0)
"""How much another detection of the same face may differ."""
LOOSE = GeometricAugmentation((0.6, 1.6), 0.2, 130.0, whole_image=0.0)
"""Around a turn of 180 degrees: every roll between 50 and 310 degrees."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Histograms of crops, and whether each shows an upright photographed face."""

    histograms: NDArray[np.float32]
    upright: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Head:
    """An image and a square of the detector in it."""

    image: Grey
    square: Square


def upright_heads(images: Iterable[Grey], detector: Detector) -> Iterator[Head]:
    """Finds the faces of upright images."""
    for image in images:
        for face in _largest(detector, image):
            if abs(face.roll) < FOOLED_ROLL:
                yield Head(image, face_square(face.box, CROP_MARGIN, face.roll))


def fooled_heads(images: Iterable[Grey], detector: Detector, rng: Generator) -> Iterator[Head]:
    """Turns heads on their side and upside down; yields those that the detector takes wrongly."""
    for image in images:
        for angle in (180.0, rng.uniform(50, 130), -rng.uniform(50, 130)):
            turned = turn(image, angle)
            for face in _largest(detector, turned):
                if abs((face.roll - angle + 180) % 360 - 180) > FOOLED_ROLL:
                    yield Head(turned, face_square(face.box, CROP_MARGIN, face.roll))


def turn(image: Grey, degrees: float) -> Grey:
    """Rotates a head clockwise; what comes into view repeats the image's edge."""
    wide = cv2.copyMakeBorder(image, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_REPLICATE)
    middle = len(wide) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), -degrees, 1.0)
    turned = cv2.warpAffine(wide, matrix, wide.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def build_examples(
    heads: Sequence[Head],
    fooled: Sequence[Head],
    photometric: PhotometricAugmentation,
    rng: Generator,
) -> Examples:
    """Augments heads and draws faces, about two unusual crops for each upright one."""

    def view(head: Head, geometric: GeometricAugmentation, roll: float = 0.0) -> Grey:
        square = head.square
        turned = Square(square.x, square.y, square.side, square.roll + roll)
        cut = crop(head.image, jitter_square(turned, geometric, rng), CROP_SIZE)
        return augment(cut, photometric, rng)

    upright = [view(head, DETECTED) for head in heads for _ in range(4)]
    unusual = [view(head, LOOSE, 180.0) for head in heads for _ in range(2)]
    unusual += [view(head, DETECTED) for head in fooled for _ in range(4)]
    unusual += [augment(_drawing(rng), photometric, rng) for _ in range(len(heads))]
    crops = [np.ascontiguousarray(each) for each in (*upright, *unusual)]
    labels = np.repeat([1.0, 0.0], [len(upright), len(unusual)]).astype(np.float32)
    return Examples(np.stack([gradient_histograms(each) for each in crops]), labels)


def _drawing(rng: Generator) -> Grey:
    draw = draw_smiley if rng.random() < 0.5 else draw_cartoon
    image = draw(rng)
    middle, side = len(image) / 2, len(image) * float(rng.uniform(0.45, 0.95))
    return crop(image, jitter_square(Square(middle, middle, side), DETECTED, rng), CROP_SIZE)


def _largest(detector: Detector, image: Grey) -> list[Detection]:
    faces = detector.detect(np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8))
    return sorted(faces, key=lambda face: -float(face.box[2]))[:1]
