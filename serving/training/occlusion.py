"""Occlusions: plain shapes that cover part of a face.

Their places follow the mean face of the detector's crops: eyes at 0.36 of the height and at 0.33
and 0.67 of the width, tip of the nose at 0.55, mouth at 0.72.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.random import Generator

from serving.training.faces import Grey

EYES = ((0.33, 0.36), (0.67, 0.36))
NOSE, CHIN = 0.55, 1.0


def add_patch(image: Grey, rng: Generator) -> Grey:
    """Draws a rectangle, like a hand or hair (Z. Zhong et al., "Random Erasing", 2020)."""
    side = image.shape[0]
    w, h = rng.integers(side // 6, side // 2, 2)
    x, y = rng.integers(0, side - w), rng.integers(0, side - h)
    covered = image.copy()
    covered[y : y + h, x : x + w] = rng.integers(0, 256)
    return covered


def add_mask(image: Grey, rng: Generator) -> Grey:
    """Draws a face mask over nose, mouth and chin."""
    top, low, wide = rng.normal((NOSE, CHIN, 0.42), 0.04)
    outline = [(0.5 - wide, top), (0.5, top - 0.05), (0.5 + wide, top)]
    outline += [(0.5 + 0.7 * wide, low), (0.5 - 0.7 * wide, low)]
    covered = image.copy()
    points = np.round(np.array(outline) * image.shape[0]).astype(np.int32)
    cv2.fillPoly(covered, [points], int(rng.integers(0, 256)), cv2.LINE_AA)
    return covered


def add_glasses(image: Grey, rng: Generator) -> Grey:
    """Draws two rims with a bridge; half of the glasses are dark."""
    side = image.shape[0]
    move, lens = rng.normal(0, 0.03, 2), rng.uniform((0.11, 0.08), (0.16, 0.13)) * side
    left, right = (tuple(np.round((np.array(eye) + move) * side).astype(int)) for eye in EYES)
    axes, rim = tuple(np.round(lens).astype(int)), int(rng.integers(0, 120))
    worn, glass = image.copy(), image.copy()
    for centre in (left, right):
        cv2.ellipse(glass, centre, axes, 0, 0, 360, int(rng.integers(0, 60)), -1)
        cv2.ellipse(worn, centre, axes, 0, 0, 360, rim, max(1, side // 40), cv2.LINE_AA)
    cv2.line(worn, (left[0] + axes[0], left[1]), (right[0] - axes[0], right[1]), rim, 1)
    dark = rng.uniform(0.6, 1.0) if rng.random() < 0.5 else 0.0
    return np.asarray(cv2.addWeighted(glass, dark, worn, 1 - dark, 0), dtype=np.uint8)


OCCLUSIONS: Sequence[Callable[[Grey, Generator], Grey]] = (add_patch, add_mask, add_glasses)


def occlude(image: Grey, rng: Generator) -> Grey:
    """Draws one of the shapes."""
    return OCCLUSIONS[int(rng.integers(len(OCCLUSIONS)))](image, rng)
