"""Windows: the parts of a picture that a network looks at, each at a scale of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detection import Image
from face_utils.detectors.candidates import BOX, SCORE, Size, merge, no_candidates
from face_utils.picture import Picture

Look = Callable[[Image, float], FloatArray]
"""Finds candidates in a canvas: `look(canvas, threshold)`, in pixels of the canvas."""

_CUT_OFF = 1.0


@dataclass(frozen=True)
class Window:
    """Part of a picture, in whole pixels of the scaled picture.

    The same place keeps the same pixels from frame to frame, so boxes do not tremble.

    Attributes:
        scale: Pixels of the scaled picture per pixel of the frame.
        left: Left edge.
        top: Top edge.
        width: Width.
        height: Height.
    """

    scale: float
    left: int
    top: int
    width: int
    height: int

    def show(self, picture: Picture, place: Image) -> None:
        """Draws the window's pixels into a black part of a canvas.

        Args:
            picture: The picture.
            place: `(height, width, 3)` part of the canvas.
        """
        image, scale = picture.at_least(self.scale)
        ratio = self.scale / scale
        if ratio == 1:
            self._copy(image, place)
            return
        # Pixel centres have half coordinates here, and whole ones in OpenCV.
        shift = ratio / 2 - 0.5
        matrix = np.array([[ratio, 0, shift - self.left], [0, ratio, shift - self.top]], np.float32)
        place[:] = cv2.warpAffine(image, matrix, (self.width, self.height))

    def to_frame(self, candidates: FloatArray, left: int, top: int) -> FloatArray:
        """Converts candidates to pixels of the frame.

        Args:
            candidates: `(n, 13)` in pixels of a canvas.
            left: Left edge of the window in the canvas.
            top: Top edge of the window in the canvas.
        """
        moved = candidates.copy()
        moved[:, 0:SCORE:2] += self.left - left
        moved[:, 1:SCORE:2] += self.top - top
        moved[:, 2:4] = candidates[:, 2:4]
        moved[:, :SCORE] /= self.scale
        return moved

    def _copy(self, image: Image, place: Image) -> None:
        left, top = max(0, -self.left), max(0, -self.top)
        rows = slice(self.top + top, self.top + self.height)
        part = image[rows, self.left + left : self.left + self.width]
        place[top : top + part.shape[0], left : left + part.shape[1]] = part


def look_at(
    picture: Picture, windows: Sequence[Window], canvas_size: Size, look: Look, threshold: float
) -> FloatArray:
    """Looks at windows of one size, as many at once as a canvas has room for.

    Returns:
        `(n, 13)` faces in pixels of the frame. A face that a window cuts off is left out, unless
        the picture itself ends there.
    """
    if not windows:
        return no_candidates()
    rows, columns = canvas_size[0] // windows[0].height, canvas_size[1] // windows[0].width
    per_canvas = rows * columns
    found = []
    for start in range(0, len(windows), per_canvas):
        some = windows[start : start + per_canvas]
        found.append(_look_once(picture, some, columns, canvas_size, look, threshold))
    return merge(np.concatenate(found)) if len(found) > 1 else merge(found[0])


def _look_once(
    picture: Picture,
    windows: Sequence[Window],
    columns: int,
    canvas_size: Size,
    look: Look,
    threshold: float,
) -> FloatArray:
    canvas = np.zeros((*canvas_size, 3), np.uint8)
    places = []
    for index, window in enumerate(windows):
        left, top = index % columns * window.width, index // columns * window.height
        window.show(picture, canvas[top : top + window.height, left : left + window.width])
        places.append((window, left, top))
    candidates = look(canvas, threshold)
    if not len(candidates):
        return candidates
    found = [_within(candidates, picture, *place) for place in places]
    return np.concatenate(found)


def _within(
    candidates: FloatArray, picture: Picture, window: Window, left: int, top: int
) -> FloatArray:
    """The candidates that lie in one window, in pixels of the frame."""
    x, y = (candidates[:, :2] + candidates[:, 2:4] / 2).T
    inside = (x >= left) & (x < left + window.width) & (y >= top) & (y < top + window.height)
    found = window.to_frame(candidates[inside], left, top)
    whole = ~_cut_off(found[:, BOX] * window.scale, picture, window)
    return np.asarray(found[whole], np.float32)


def _cut_off(boxes: FloatArray, picture: Picture, window: Window) -> np.ndarray:
    """Whether the window cuts off a box, in pixels of the scaled picture."""
    right, bottom = window.left + window.width, window.top + window.height
    starts, ends = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    result = np.zeros(len(boxes), bool)
    if window.left > 0:
        result |= starts[:, 0] < window.left + _CUT_OFF
    if window.top > 0:
        result |= starts[:, 1] < window.top + _CUT_OFF
    if right < round(picture.width * window.scale):
        result |= ends[:, 0] > right - _CUT_OFF
    if bottom < round(picture.height * window.scale):
        result |= ends[:, 1] > bottom - _CUT_OFF
    return result
