"""Tracker: follows faces from frame to frame and gives each its own id."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detection import Detection

GONE_AFTER_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 5.0
MAX_SHIFT = 0.9
MAX_GROWTH = 2.0
MOTION_HORIZON_SECONDS = 0.4
_SMALLEST = 1e-6


@dataclass
class Track:
    """One face in view.

    Attributes:
        id: Id of the track, counted up from 1 and never used again.
        detection: Its latest detection.
        seen_at: Time of that detection, in seconds of the caller's clock.
        velocity: Motion of the box's centre, `(2,)` pixels per second.
    """

    id: int
    detection: Detection
    seen_at: float
    velocity: FloatArray

    def expected_centre(self, now: float) -> FloatArray:
        """Expected position of the centre at `now`, if the face keeps its velocity for a while."""
        horizon = min(now - self.seen_at, MOTION_HORIZON_SECONDS)
        return np.asarray(_centre(self.detection.box) + self.velocity * horizon, dtype=np.float32)


@dataclass(frozen=True, eq=False)
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


class Tracker:
    """Assigns detections to tracks by distance and size, the closest pair first."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._last_id = 0
        self._last_frame_at = 0.0

    @property
    def ids(self) -> set[int]:
        """Ids of the tracks that are in view or were a moment ago."""
        return {track.id for track in self._tracks}

    def expected(self, now: float) -> list[Expected]:
        """Where the followed faces are expected at `now`, in pixels of the last frame.

        Faces that were lost less than a second ago are included.
        """
        return [_expect(track, now) for track in self._tracks if self._may_return(track, now)]

    def forget(self) -> None:
        """Drops all tracks. Their ids are not used again."""
        self._tracks = []

    def update(self, detections: list[Detection], now: float) -> list[Track]:
        """Updates the tracks with the faces of a frame.

        Args:
            detections: The frame's faces.
            now: Time of the frame in seconds; it must not decrease.

        Returns:
            One track per detection, in the order of the detections.
        """
        self._tracks = [track for track in self._tracks if self._may_return(track, now)]
        self._last_frame_at = now
        partners = _match(self._tracks, detections, now)
        result = []
        for index, detection in enumerate(detections):
            track = partners.get(index)
            if track is None:
                track = self._start(detection, now)
            else:
                _follow(track, detection, now)
            result.append(track)
        return result

    def _may_return(self, track: Track, now: float) -> bool:
        """Whether a track may still be in view; a client that sends few frames has long gaps."""
        was_in_last_frame = track.seen_at == self._last_frame_at
        patience = LONGEST_PAUSE_SECONDS if was_in_last_frame else GONE_AFTER_SECONDS
        return now - track.seen_at <= patience

    def _start(self, detection: Detection, now: float) -> Track:
        self._last_id += 1
        track = Track(self._last_id, detection, now, np.zeros(2, np.float32))
        self._tracks.append(track)
        return track


def _expect(track: Track, now: float) -> Expected:
    detection = track.detection
    shift = track.expected_centre(now) - _centre(detection.box)
    box = np.concatenate([detection.box[:2] + shift, detection.box[2:]]).astype(np.float32)
    landmarks = None if detection.landmarks is None else detection.landmarks + shift
    return Expected(track.id, box, landmarks, track.seen_at)


def _follow(track: Track, detection: Detection, now: float) -> None:
    elapsed = max(now - track.seen_at, 1e-3)
    measured = (_centre(detection.box) - _centre(track.detection.box)) / elapsed
    track.velocity = np.asarray(0.5 * track.velocity + 0.5 * measured, dtype=np.float32)
    track.detection, track.seen_at = detection, now


def _match(tracks: list[Track], detections: list[Detection], now: float) -> dict[int, Track]:
    """Index of a detection -> its track; each used once, the closest pairs first."""
    if not tracks or not detections:
        return {}
    distances = _distances(tracks, detections, now)
    pairs = np.argwhere(distances <= MAX_SHIFT)
    pairs = pairs[np.argsort(distances[distances <= MAX_SHIFT], kind="stable")]
    partners: dict[int, Track] = {}
    taken: set[int] = set()
    for i, j in pairs.tolist():
        if i not in taken and j not in partners:
            taken.add(i)
            partners[j] = tracks[i]
    return partners


def _distances(tracks: list[Track], detections: list[Detection], now: float) -> FloatArray:
    """Distances of tracks to detections in face widths; infinite if their sizes do not match.

    The distance is to the last or the expected position, whichever is nearer. So neither a sudden
    stop nor a steady walk loses the face.

    Returns:
        `(tracks, detections)` float32.
    """
    last = np.stack([track.detection.box for track in tracks])[:, None]
    expected = np.stack([track.expected_centre(now) for track in tracks])[:, None]
    boxes = np.stack([detection.box for detection in detections])[None]
    side, other = last[..., 2:].max(axis=-1), boxes[..., 2:].max(axis=-1)
    growth = np.maximum(side, other) / np.maximum(np.minimum(side, other), _SMALLEST)
    ways = np.stack([_centre(boxes) - _centre(last), _centre(boxes) - expected])
    shift = np.hypot(ways[..., 0], ways[..., 1]).min(axis=0)
    distance = shift / np.maximum((side + other) / 2, _SMALLEST)
    return np.asarray(np.where(growth > MAX_GROWTH, np.inf, distance), dtype=np.float32)


def _centre(box: FloatArray) -> FloatArray:
    """Centre of one box, `(2,)`, or of many, `(..., 2)`."""
    return np.asarray(box[..., :2] + box[..., 2:] / 2, dtype=np.float32)
