"""Drawn faces: smileys and cartoons with random proportions and colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

SIDE = 256
BLACK: Colour = (20, 20, 20)
WHITE: Colour = (255, 255, 255)
YELLOWS: tuple[Colour, ...] = ((0, 215, 255), (60, 220, 255), (180, 210, 240), WHITE)
SKINS: tuple[Colour, ...] = ((170, 200, 240), (140, 180, 225), (90, 130, 180), (60, 90, 140))
HAIRS: tuple[Colour, ...] = ((20, 20, 30), (30, 60, 100), (60, 150, 220), (120, 120, 120))


class Canvas:
    """An image on which shapes are drawn in units of the head's radius, around its centre."""

    def __init__(self, radius: float, background: Colour) -> None:
        self.image = np.full((SIDE, SIDE, 3), background, np.uint8)
        self._radius = radius

    def ellipse(
        self,
        centre: tuple[float, float],
        axes: tuple[float, float],
        colour: Colour,
        *,
        width: float = 0.0,
        part: tuple[int, int] = (0, 360),
    ) -> None:
        """Draws an ellipse or a part of it; without a width, it is filled."""
        place = (self._pixels(centre[0]) + SIDE // 2, self._pixels(centre[1]) + SIDE // 2)
        size = (max(1, self._pixels(axes[0])), max(1, self._pixels(axes[1])))
        line = max(1, self._pixels(width)) if width else -1
        cv2.ellipse(self.image, place, size, 0, *part, colour, line, cv2.LINE_AA)

    def _pixels(self, length: float) -> int:
        return round(length * self._radius)


def draw_smiley(rng: Generator) -> Image:
    """A round head with two dots and an arc, `(256, 256, 3)`."""
    canvas = _blank(rng)
    canvas.ellipse((0, 0), (1, 1), _choose(rng, YELLOWS))
    if rng.random() < 0.6:
        canvas.ellipse((0, 0), (1, 1), BLACK, width=0.05)
    apart, height = rng.uniform(0.28, 0.45), rng.uniform(0.12, 0.36)
    dot = rng.uniform(0.07, 0.17)
    for side in (-1, 1):
        canvas.ellipse((side * apart, -height), (dot, dot * rng.uniform(1, 1.6)), BLACK)
    if rng.random() < 0.3:
        canvas.ellipse((0, 0.08), (0.06, 0.06), (0, 90, 200))
    mouth = (rng.uniform(0.35, 0.65), rng.uniform(0.2, 0.5))
    canvas.ellipse(
        (0, rng.uniform(0.05, 0.3)), mouth, BLACK, width=rng.uniform(0.03, 0.09), part=(20, 160)
    )
    return _shaded(canvas.image, rng) if rng.random() < 0.5 else canvas.image


def draw_cartoon(rng: Generator) -> Image:
    """A head with hair, eyes, brows, nose and mouth in flat colours, `(256, 256, 3)`."""
    canvas, hair = _blank(rng), _choose(rng, HAIRS)
    canvas.ellipse((0, -0.12), (0.8, 0.95), hair, part=(180, 360))
    canvas.ellipse((0, 0), (0.7, 0.9), _choose(rng, SKINS))
    canvas.ellipse((0, -0.55), (0.68, 0.35), hair, part=(180, 360))
    if rng.random() < 0.7:
        canvas.ellipse((0, 0), (0.7, 0.9), BLACK, width=0.025)
    for side in (-1, 1):
        _draw_eye(canvas, side * rng.uniform(0.24, 0.32), hair, rng)
    canvas.ellipse((0, 0.15), (0.1, 0.06), (40, 60, 90), width=0.03, part=(0, 180))
    if rng.random() < 0.5:
        canvas.ellipse((0, 0.4), (0.3, 0.16), (40, 40, 160), part=(0, 180))
    else:
        canvas.ellipse((0, 0.38), (0.3, 0.12), (30, 30, 120), width=0.05, part=(10, 170))
    return canvas.image


def _draw_eye(canvas: Canvas, across: float, brow: Colour, rng: Generator) -> None:
    height = rng.uniform(0.08, 0.16)
    canvas.ellipse((across, -0.12), (0.15, height), WHITE)
    canvas.ellipse((across, -0.12), (0.15, height), BLACK, width=0.02)
    canvas.ellipse((across, -0.12), (0.06, 0.06), _choose(rng, HAIRS))
    canvas.ellipse((across, -0.27), (0.18, 0.07), brow, width=0.05, part=(200, 340))


def _blank(rng: Generator) -> Canvas:
    background = tuple(int(v) for v in rng.integers(40, 256, 3))
    return Canvas(SIDE * rng.uniform(0.3, 0.45), (background[0], background[1], background[2]))


def _shaded(image: Image, rng: Generator) -> Image:
    """Lights the head from one side."""
    rows, columns = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 - 0.2 * (1 + np.cos(angle) * columns + np.sin(angle) * rows)
    return np.asarray(image * np.clip(light, 0.4, 1)[..., None], dtype=np.uint8)


def _choose(rng: Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(rng.integers(len(colours)))]
