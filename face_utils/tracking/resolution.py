"""Change of a camera's resolution: where faces are in a frame of another size.

A frame of another shape shows more or less at its sides, or is stretched. Which of these happened
cannot be seen from the sizes alone, so the faces decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from face_utils.tracking.track import Place, Track

Size = tuple[int, int]
"""Width and height of a frame in pixels."""

_SAME_SHAPE = 0.01


class View(NamedTuple):
    """How places of the old frame appear in the new one: `x * scale_x + left`."""

    scale_x: float
    scale_y: float
    left: float = 0.0
    top: float = 0.0

    def show(self, place: Place) -> Place:
        """A place of the old frame in the new one."""
        x, y = place.x * self.scale_x + self.left, place.y * self.scale_y + self.top
        return Place(x, y, place.side * max(self.scale_x, self.scale_y))


def rescale(tracks: Sequence[Track], places: Sequence[Place], old: Size, new: Size) -> None:
    """Moves tracks to where their faces are in a frame of another size.

    Args:
        tracks: The tracks of the old frame.
        places: Where the new frame shows faces.
        old: Width and height of the old frame.
        new: Width and height of the new one.
    """
    view = min(views(old, new), key=lambda view: _misfit(tracks, places, view))
    for track in tracks:
        _change_view(track, view)


def views(old: Size, new: Size) -> list[View]:
    """Ways in which a camera may change from one size to another; the most likely first."""
    wide, high = new[0] / old[0], new[1] / old[1]
    stretched = View(wide, high)
    if abs(wide / high - 1) <= _SAME_SHAPE:
        return [stretched]
    # Cut or extended at two sides, or turned like a phone.
    scales = dict.fromkeys((wide, high, max(new) / max(old)))
    return [*(_centred(scale, old, new) for scale in scales), stretched]


def _centred(scale: float, old: Size, new: Size) -> View:
    return View(scale, scale, (new[0] - scale * old[0]) / 2, (new[1] - scale * old[1]) / 2)


def _misfit(tracks: Sequence[Track], places: Sequence[Place], view: View) -> float:
    """Sum of the distances to the closest faces, in face widths; at most 1 per track."""
    return sum(_distance(view.show(track.place), places) for track in tracks)


def _distance(shown: Place, places: Sequence[Place]) -> float:
    ways = (
        (abs(place.x - shown.x) + abs(place.y - shown.y) + abs(place.side - shown.side))
        / shown.side
        for place in places
    )
    return min(1.0, min(ways, default=1.0))


def _change_view(track: Track, view: View) -> None:
    scale = np.array([view.scale_x, view.scale_y], np.float32)
    moved = np.array([view.left, view.top], np.float32)
    box, points = track.detection.box, track.detection.landmarks
    track.detection = replace(
        track.detection,
        box=np.concatenate([box[:2] * scale + moved, box[2:] * scale]),
        landmarks=None if points is None else points * scale + moved,
    )
    track.place = view.show(track.place)
    track.velocity = track.velocity[0] * view.scale_x, track.velocity[1] * view.scale_y
