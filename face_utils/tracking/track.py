"""Track: place, size and motion of one face.

Its numbers are plain floats. For a few faces they are several times faster than small arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detection import Detection

MOTION_HORIZON_SECONDS = 0.4
"""A face is expected to keep its velocity for this long."""

VELOCITY_SECONDS = 0.15
"""Time constant of the velocity's average."""

_SHORTEST_SECONDS = 1e-3
_SMALLEST_SIDE = 1e-3


class Place(NamedTuple):
    """Centre and larger side of a box, in pixels."""

    x: float
    y: float
    side: float


@dataclass(eq=False, slots=True)
class Track:
    """One face, in view or remembered.

    Attributes:
        id: Id of the track, counted up from 1 and never used again.
        detection: Its latest detection.
        place: Place of that detection.
        seen_at: Time of that detection, in seconds of the caller's clock.
        velocity: Motion of the centre, in pixels per second.
        covered_by: The track in front of which it was lost, or None.
        has_returned: Whether the latest frame shows it for the first time after it was away.
        is_followed: Whether it counts as one of the faces that are analyzed; False after a larger
            face took its turn.
    """

    id: int
    detection: Detection
    place: Place
    seen_at: float
    velocity: tuple[float, float] = (0.0, 0.0)
    covered_by: Track | None = None
    has_returned: bool = False
    is_followed: bool = True

    def follow(self, detection: Detection, place: Place, now: float) -> None:
        """Continues the track with a detection of a new frame."""
        elapsed = max(now - self.seen_at, _SHORTEST_SECONDS)
        share = (1 - math.exp(-elapsed / VELOCITY_SECONDS)) / elapsed
        keep = 1 - share * elapsed
        vx, vy = self.velocity
        self.velocity = (
            keep * vx + share * (place.x - self.place.x),
            keep * vy + share * (place.y - self.place.y),
        )
        self.detection, self.place, self.seen_at = detection, place, now
        self.covered_by, self.is_followed = None, True

    def shift(self, now: float) -> tuple[float, float]:
        """Expected motion since its latest detection, in pixels."""
        horizon = min(now - self.seen_at, MOTION_HORIZON_SECONDS)
        return self.velocity[0] * horizon, self.velocity[1] * horizon


@dataclass(frozen=True, eq=False, slots=True)
class Expected:
    """Where a followed face is expected in a frame.

    Attributes:
        id: Id of its track.
        box: `(4,)` float32 `[x, y, w, h]` in pixels of the frame.
        landmarks: `(4, 2)` float32 pixels, or None if the detector did not find any.
        seen_at: Time at which the face was last seen, in seconds. A face that the last frame did
            not show has an older time than the others.
    """

    id: int
    box: FloatArray
    landmarks: FloatArray | None
    seen_at: float

    @classmethod
    def of(cls, track: Track, now: float) -> Expected:
        """The face of a track at `now`, if it keeps its velocity."""
        shift = track.shift(now)
        box = track.detection.box + np.array([*shift, 0, 0], np.float32)
        landmarks = track.detection.landmarks
        moved = None if landmarks is None else landmarks + np.array(shift, np.float32)
        return cls(track.id, box, moved, track.seen_at)


def place_of(detection: Detection) -> Place:
    """Place of a detection."""
    x, y, width, height = detection.box.tolist()
    return Place(x + width / 2, y + height / 2, max(width, height, _SMALLEST_SIDE))
