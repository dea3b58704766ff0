"""Small windows around followed faces that are too small for the coarse look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from face_utils.boxes import FloatArray
from face_utils.search.window import Window

SIDE = 48
"""Pixels of a window's side."""

FACE = 20.0
"""Side of a face in a new window, in pixels of the window."""

HALF = 0.5

_SMALLEST, _LARGEST = 14.0, 27.0
_MARGIN = 6.0
_ENTER_COARSE, _LEAVE_COARSE = 17.0, 14.5


class FollowedFace(Protocol):
    """A face of the last frame, where it is expected in this one."""

    @property
    def id(self) -> int:
        """Id of its track."""

    @property
    def box(self) -> FloatArray:
        """`(4,)` `[x, y, w, h]` in pixels of the frame."""


class FollowWindows:
    """Keeps a window in its place while its face stays inside, so that the box does not tremble."""

    def __init__(self) -> None:
        self._windows: dict[int, Window] = {}

    def place(self, faces: Sequence[FollowedFace], coarse_scale: float) -> list[Window]:
        """Windows for the faces that the coarse look would show too small."""
        before, self._windows = self._windows, {}
        for face in faces:
            window = before.get(face.id)
            least = _LEAVE_COARSE if window is None else _ENTER_COARSE
            if float(face.box[2]) * coarse_scale < least:
                fits = window is not None and _fits(window, face.box)
                self._windows[face.id] = window if window and fits else around(face.box)
        return list(self._windows.values())


def around(box: FloatArray) -> Window:
    """A window with a box in its middle."""
    x, y, side = (float(value) for value in box[:3])
    scale = min(1.0, FACE / max(side, 1.0))
    if scale > HALF and side * HALF >= _SMALLEST:
        scale = HALF  # The full size would have to be decoded for this window.
    left = round((x + side / 2) * scale - SIDE / 2)
    top = round((y + side / 2) * scale - SIDE / 2)
    return Window(scale, left, top, SIDE, SIDE)


def _fits(window: Window, box: FloatArray) -> bool:
    """Whether a window still shows a face well."""
    x, y, side = (float(value) * window.scale for value in box[:3])
    inside = x - window.left >= _MARGIN and x + side <= window.left + window.width - _MARGIN
    inside &= y - window.top >= _MARGIN and y + side <= window.top + window.height - _MARGIN
    return inside and (window.scale == 1 or side >= _SMALLEST) and side <= _LARGEST
