"""Tracker: follows faces from frame to frame and gives each its own id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from face_utils.detection import Detection
from face_utils.limits import MAX_FACES
from face_utils.tracking.choice import choose
from face_utils.tracking.matching import Times, covering, match
from face_utils.tracking.resolution import Size, rescale
from face_utils.tracking.track import Expected, Place, Track, place_of

MEMORY_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0
"""A client may be silent for this long, and the faces of its last frame keep their ids."""

EXPECTED_SECONDS = 1.0
"""For this long a lost face is expected back at any moment, and keeps its turn."""

SEARCH_SECONDS = 1.0
"""Time after which a small face that has come back is found at the latest."""

MISSED_SECONDS = 0.5
MISSED_FRAMES = 3
"""A face that the detector misses now and then is back within this time, or within this many
frames of a client that sends few."""

CONSIDERED = 4
"""Faces that are matched with tracks, and tracks that are kept, per face that is followed."""


class Tracker:
    """Follows the faces of one camera, and remembers those that are out of view for a while.

    Args:
        memory_seconds: How long a face that is out of view keeps its id.
        max_faces: Largest number of faces that are followed at the same time.

    Example:
        >>> import numpy as np
        >>> tracker, box = Tracker(), np.array([100, 80, 60, 60], np.float32)
        >>> [track.id for track in tracker.update([Detection(box, score=0.9)], now=0.0)]
        [1]
    """

    def __init__(self, memory_seconds: float = MEMORY_SECONDS, max_faces: int = MAX_FACES) -> None:
        self._memory = memory_seconds
        self._max_faces = max_faces
        self._tracks: list[Track] = []
        self._last_id = 0
        self._last_frame_at = 0.0
        self._size: Size | None = None

    @property
    def ids(self) -> set[int]:
        """Ids of the faces that are in view or remembered."""
        return {track.id for track in self._tracks}

    def expected(self, now: float) -> list[Expected]:
        """Where the followed faces are expected at `now`, in pixels of the last frame.

        Faces that were lost less than a second ago are included.
        """
        return [Expected.of(track, now) for track in self._tracks if self._is_followed(track, now)]

    def update(
        self, detections: Sequence[Detection], now: float, size: Size | None = None
    ) -> list[Track | None]:
        """Updates the tracks with the faces of a frame.

        Args:
            detections: The frame's faces, the best first.
            now: Time of the frame in seconds; it must not decrease.
            size: Width and height of the frame. When it changes, the tracks are scaled.

        Returns:
            The track of each detection, or None for a face beyond `max_faces`.
        """
        places = [place_of(each) for each in detections[: CONSIDERED * self._max_faces]]
        self._forget_gone(now)
        self._change_size(size, places)
        partners = self._match(places, now)
        chosen = self._choose(places, partners, now)
        result: list[Track | None] = [None] * len(detections)
        for index in sorted(chosen):
            track = partners.get(index)
            result[index] = self._continue(track, detections[index], places[index], now)
        self._note_covers(now)
        self._last_frame_at = now
        return result

    def forget(self) -> None:
        """Forgets all tracks; their ids are not used again."""
        self._tracks = []
        self._size = None

    def _forget_gone(self, now: float) -> None:
        """Forgets tracks that were away for too long, and the oldest if there are too many."""
        self._tracks = [track for track in self._tracks if self._may_return(track, now)]
        if len(self._tracks) > CONSIDERED * self._max_faces:
            self._tracks.sort(key=lambda track: (track.seen_at, track.id))
            del self._tracks[: -CONSIDERED * self._max_faces]

    def _may_return(self, track: Track, now: float) -> bool:
        """Whether a track may come back; a client that sends few frames has long gaps."""
        patience = LONGEST_PAUSE_SECONDS if self._was_in_last_frame(track) else 0.0
        return now - track.seen_at <= max(self._memory + SEARCH_SECONDS, patience)

    def _change_size(self, size: Size | None, places: Sequence[Place]) -> None:
        if size and self._size and size != self._size:
            rescale(self._tracks, places, self._size, size)
        self._size = size or self._size

    def _match(self, places: Sequence[Place], now: float) -> dict[int, Track]:
        """Index of a place -> its track: first those in view, then the remembered ones."""
        times = Times(now, self._last_frame_at)
        recent = [track for track in self._tracks if self._is_recent(track, now)]
        after_pause = now - self._last_frame_at > MISSED_SECONDS
        partners = match(recent, places, times, cautious=after_pause)
        remembered = [track for track in self._tracks if not self._is_recent(track, now)]
        free = [index for index in range(len(places)) if index not in partners]
        if remembered and free:
            found = match(remembered, [places[index] for index in free], times, cautious=True)
            partners.update((free[index], track) for index, track in found.items())
        return partners

    def _choose(
        self, places: Sequence[Place], partners: Mapping[int, Track], now: float
    ) -> set[int]:
        """Indices of the faces to follow."""
        followed = [t for t in self._tracks if self._is_followed(t, now)]
        if len(followed) + len(places) <= self._max_faces:
            return set(range(len(places)))
        sides = {index: place.side for index, place in enumerate(places)}
        kept = {index: sides.pop(index) for index, t in partners.items() if t in followed}
        chosen = choose(kept, sides, self._max_faces - len(followed))
        for index in kept.keys() - chosen:
            partners[index].is_followed = False
        return chosen

    def _continue(
        self, track: Track | None, detection: Detection, place: Place, now: float
    ) -> Track:
        if track:
            away = 0.0 if self._was_in_last_frame(track) else now - track.seen_at
            track.follow(detection, place, now)
            track.has_returned = away > EXPECTED_SECONDS
            return track
        self._last_id += 1
        track = Track(self._last_id, detection, place, now)
        self._tracks.append(track)
        return track

    def _note_covers(self, now: float) -> None:
        """Notes for each face that was just lost which one covers it."""
        lost = [t for t in self._tracks if t.seen_at < now <= t.seen_at + MISSED_SECONDS]
        for track in lost:
            if not track.covered_by:
                others = [t for t in self._tracks if t.seen_at >= self._last_frame_at]
                track.covered_by = covering(track, others, now)

    def _is_recent(self, track: Track, now: float) -> bool:
        """Whether a track was in view a moment ago, or the face that covers it was."""
        seen_at = max(track.seen_at, (track.covered_by or track).seen_at)
        patience = max(MISSED_SECONDS, MISSED_FRAMES * (now - self._last_frame_at))
        return now - seen_at <= patience

    def _is_followed(self, track: Track, now: float) -> bool:
        """Whether a face keeps its turn: it is in view, or was a moment ago."""
        recent = now - track.seen_at <= EXPECTED_SECONDS or self._was_in_last_frame(track)
        return track.is_followed and recent

    def _was_in_last_frame(self, track: Track) -> bool:
        return track.seen_at == self._last_frame_at
