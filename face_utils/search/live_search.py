"""Search in the frames of a session: followed faces in every frame, newcomers in turn.

A coarse look at the whole picture shows every face that is not small. It runs several times a
second, and in every frame while such a face is followed. Small followed faces get a window each.
Fine windows take turns, so that each part of the picture is searched once a second. A full search
follows at once when a face is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detectors.candidates import BOX, SCORE, Size, no_candidates
from face_utils.picture import Picture
from face_utils.search.canvas_detector import CanvasDetector
from face_utils.search.coverage import LARGE, SMALL, coarse, fine, finest
from face_utils.search.follow_windows import FollowedFace, FollowWindows, around
from face_utils.search.overlaps import best_first, first_of, overlaps
from face_utils.search.turns import Turns
from face_utils.search.window import Window, look_at

COARSE_SECONDS = 0.19
"""Period of the coarse look: every second frame at 10 frames/s."""

FINE_SECONDS = 0.75
"""Period of the fine windows. A second look fits into the rest of the second."""

FINEST_SECONDS = 2.0
"""Period of the windows for faces that are too small to be judged."""

LOSS_SECONDS = 0.5
"""Shortest time between full searches for lost faces."""

DOUBT_SECONDS = 0.15
"""Shortest time between second looks at doubtful faces."""

AT_ONCE = 30
"""Doubtful faces in one second look, which fit on a large canvas."""

MANY_WINDOWS = 18
"""Small windows from which on a large canvas is cheaper than several small ones."""


class LiveSearch:
    """Decides where to look in each frame of a session. One thread at a time may use it."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._follow = FollowWindows()
        self._doubtful = no_candidates()
        self._doubted_at = self._lost_at = 0.0

    def find(
        self,
        picture: Picture,
        followed: Sequence[FollowedFace],
        detector: CanvasDetector,
        now: float,
    ) -> FloatArray:
        """Finds the faces of the next frame.

        Args:
            picture: The frame.
            followed: The faces of the last frame, where they are expected now.
            detector: Looks at parts of the frame.
            now: Time of the frame in seconds; it must not decrease.

        Returns:
            `(n, 13)` faces in pixels of the frame.
        """
        looks = _Looks(picture, detector)
        size = picture.width, picture.height
        if size != self._size:
            self._start(size, now)
            looks.everywhere()
            followed = ()
        else:
            self._look_where_it_pays(looks, followed, now)
        boxes = np.array([face.box for face in followed], np.float32).reshape(-1, 4)
        faces, self._doubtful = looks.faces(boxes)
        if len(boxes) > _matched(faces, boxes) and now - self._lost_at >= LOSS_SECONDS:
            self._lost_at = now
            looks.everywhere()
            faces, self._doubtful = looks.faces(boxes)
        return faces

    def _start(self, size: tuple[int, int], now: float) -> None:
        self._size = size
        self._coarse_turns = Turns(1, COARSE_SECONDS, now)
        self._fine_turns = Turns(len(fine(*size)), FINE_SECONDS, now)
        self._finest_turns = Turns(len(finest(*size)), FINEST_SECONDS, now)
        self._lost_at = now

    def _look_where_it_pays(
        self, looks: _Looks, followed: Sequence[FollowedFace], now: float
    ) -> None:
        small = self._follow.place(followed, coarse(*self._size).scale)
        looks.at(small)
        if len(self._doubtful) and now - self._doubted_at >= DOUBT_SECONDS:
            self._doubted_at = now
            looks.closely(self._doubtful[:AT_ONCE])
        if self._coarse_turns.take(now) or len(small) < len(followed):
            self._coarse_turns.restart(now)
            looks.coarse()
        looks.fine(self._fine_turns.take(now))
        windows = finest(*self._size)
        looks.at([windows[number] for number in self._finest_turns.take(now)], LARGE)


class _Looks:
    """The looks at one frame, each at most once."""

    def __init__(self, picture: Picture, detector: CanvasDetector) -> None:
        self._picture = picture
        self._look = detector.look
        self._thresholds = detector.thresholds
        self._fine = fine(picture.width, picture.height)
        self._left = set(range(len(self._fine)))
        self._coarse_left = True
        self._found: list[FloatArray] = []
        self._enough: list[FloatArray] = []

    def at(self, windows: Sequence[Window], canvas: Size | None = None) -> None:
        """Looks at some windows, together on a canvas, or each on one of its own size."""
        if canvas is None:
            self._add(windows, _canvas(windows))
        else:
            for window in windows:
                self._add([window], canvas)

    def closely(self, doubtful: FloatArray) -> None:
        """Looks at doubtful faces again, at a scale that suits them.

        The mean score of both looks decides.
        """
        windows = [around(face[BOX]) for face in doubtful]
        self._add(windows, _canvas(windows))
        same = overlaps(self._found[-1][:, BOX], doubtful[:, BOX])
        first = np.where(same, doubtful[:, SCORE], 0).max(axis=1, initial=0)
        self._enough[-1] = np.minimum(self._enough[-1], 2 * self._thresholds.again - first)

    def coarse(self) -> None:
        """Looks at the whole picture."""
        if self._coarse_left:
            self._coarse_left = False
            self._add([coarse(self._picture.width, self._picture.height)], SMALL)

    def fine(self, numbers: Iterable[int]) -> None:
        """Looks at some of the fine windows."""
        for number in self._left.intersection(numbers):
            self._left.remove(number)
            self._add([self._fine[number]], LARGE)

    def everywhere(self) -> None:
        """Looks at all that is left."""
        self.coarse()
        self.fine(self._left)

    def faces(self, followed: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The faces, and those that need a closer look; the best first.

        Args:
            followed: `(n, 4)` boxes where a lower score is enough.
        """
        if not self._found:
            return no_candidates(), no_candidates()
        rows, enough = np.concatenate(self._found), np.concatenate(self._enough)
        good = rows[:, SCORE] >= enough
        good |= overlaps(rows[:, BOX], followed).any(axis=1)
        # An earlier look shows a face better, but a sure face goes before a doubtful one.
        faces = first_of(rows[good])
        doubtful = first_of(best_first(rows[~good]))
        shown = overlaps(doubtful[:, BOX], faces[:, BOX]).any(axis=1)
        return best_first(faces), doubtful[~shown]

    def _add(self, windows: Sequence[Window], canvas: Size) -> None:
        lowest = self._thresholds.known
        found = look_at(self._picture, windows, canvas, self._look, lowest)
        self._found.append(found)
        self._enough.append(np.full(len(found), self._thresholds.sure, np.float32))


def _canvas(windows: Sequence[Window]) -> Size:
    return SMALL if len(windows) < MANY_WINDOWS else LARGE


def _matched(faces: FloatArray, followed: FloatArray) -> int:
    """Number of followed faces that were found."""
    return int(overlaps(faces[:, BOX], followed).any(axis=0).sum())
