"""Windows that cover a whole picture, from coarse to fine."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from face_utils.detectors.candidates import Size
from face_utils.search.window import Window

SMALL: Size = (128, 160)
LARGE: Size = (256, 320)
"""Canvases: height and width in pixels. The network is compiled for these two sizes only."""

OVERLAP = 48
"""Pixels that neighbouring windows share; a face of this size is whole in one of them."""

SMALLEST_FACE = 14.0
"""Side in pixels of a window from which on most faces are found."""

CLEAR_FACE = 18.0
"""The same for nearly every face; fine windows of large frames show it."""

LIVE_FACE = 32.0
"""Side in pixels of a frame from which on a live face is found within a second."""

PHOTO_SIDE = 480
"""Pixels of a photo's longer side, if that is more than `LIVE_FACE` needs."""


@lru_cache(maxsize=64)
def coarse(width: int, height: int) -> Window:
    """The window that shows the whole picture on a small canvas."""
    return Window(_fit(width, height, SMALL), 0, 0, SMALL[1], SMALL[0])


@lru_cache(maxsize=64)
def fine(width: int, height: int) -> tuple[Window, ...]:
    """The windows for live faces that are too small for the coarse one, the coarser first."""
    whole = _fit(width, height, LARGE)
    enough = whole * LIVE_FACE >= SMALLEST_FACE
    finest = whole if enough else min(1.0, CLEAR_FACE / LIVE_FACE)
    # A face that is cut off by fine windows must be large enough for a coarser one.
    too_far_apart = finest > 4 * coarse(width, height).scale
    scales = (whole, finest) if too_far_apart else (finest,)
    return tuple(window for scale in scales for window in _tiles(width, height, scale))


@lru_cache(maxsize=64)
def finest(width: int, height: int) -> tuple[Window, ...]:
    """The windows of a small frame for faces below `LIVE_FACE`, which should come closer."""
    scale = min(1.0, PHOTO_SIDE / max(width, height))
    return tuple(_tiles(width, height, scale)) if fine(width, height)[-1].scale < scale else ()


@lru_cache(maxsize=64)
def everything(width: int, height: int) -> tuple[Window, ...]:
    """The large windows for a photo, whose faces may be smaller than live ones."""
    whole = _fit(width, height, LARGE)
    scale = min(1.0, max(whole, SMALLEST_FACE / LIVE_FACE, PHOTO_SIDE / max(width, height)))
    windows = _tiles(width, height, scale)
    while scale > whole:
        scale /= 2
        windows += _tiles(width, height, scale)
    return tuple(windows)


def _fit(width: int, height: int, canvas: Size) -> float:
    """Scale at which the picture fits into a canvas."""
    return min(1.0, canvas[1] / width, canvas[0] / height)


def _tiles(width: int, height: int, scale: float) -> list[Window]:
    """Large windows that cover the picture at a scale, row by row."""
    return [
        Window(scale, left, top, LARGE[1], LARGE[0])
        for top in _starts(ceil(height * scale), LARGE[0])
        for left in _starts(ceil(width * scale), LARGE[1])
    ]


def _starts(length: int, window: int) -> list[int]:
    """Where windows begin, so that they cover a length and overlap."""
    if length <= window:
        return [0]
    count = ceil((length - OVERLAP) / (window - OVERLAP))
    return [round(index * (length - window) / (count - 1)) for index in range(count)]
