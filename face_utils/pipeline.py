"""From a sight to tracked faces, and to the crops that the due models want."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from face_utils.cropping import GreyCrop, Square, face_square
from face_utils.detection import Detection
from face_utils.frame import DetectedFrame, FaceRegion
from face_utils.model_schedule import Schedule
from face_utils.model_spec import ModelSpec
from face_utils.quality import CROP_MARGIN, CROP_SIZE, judge
from face_utils.results import Analysis, Face
from face_utils.tracking import Tracker

Look = Callable[[], DetectedFrame]


@dataclass(frozen=True, eq=False)
class Batch:
    """The faces that one model should look at.

    Attributes:
        model: The model.
        tracks: Numbers of the tracks, one per crop.
        squares: The part of the frame that each crop shows, in pixels of the frame.
        crops: `(n, size, size)` uint8 grey.
    """

    model: ModelSpec
    tracks: list[int]
    squares: list[Square]
    crops: NDArray[np.uint8]


class Pipeline:
    """The part of a session that works on pixels.

    Belongs to one session and is used by one thread at a time, which the session sees to.
    """

    def __init__(self) -> None:
        self.schedule = Schedule()
        self._tracker = Tracker()

    @property
    def tracks(self) -> set[int]:
        """Numbers of the tracks that are in view or were a moment ago."""
        return self._tracker.ids

    def analyse(
        self, look: Look, intervals: Mapping[ModelSpec, float], now: float
    ) -> tuple[Analysis, list[Batch]]:
        """Takes in one frame.

        Args:
            look: Gives the frame's faces.
            intervals: The models that can be asked now, with their intervals in seconds.
            now: Time of the frame in seconds.

        Returns:
            What the frame shows, and one batch per model that is due.

        Raises:
            MienError: The frame cannot be read.
        """
        start = perf_counter()
        sight = look()
        studies = self._study(sight, now)
        batches = [b for m, i in intervals.items() if (b := self._batch(m, i, studies, now))]
        total = round((perf_counter() - start) * 1e3, 2)
        faces = [study.face for study in studies]
        analysis = Analysis(sight.width, sight.height, faces, {**sight.timings, "total_ms": total})
        return analysis, batches

    def _study(self, sight: DetectedFrame, now: float) -> list[FaceCrops]:
        detections: list[Detection] = [seen.detection for seen in sight.faces]
        tracks = self._tracker.update(detections, now)
        self.schedule.keep(self._tracker.ids)
        return [FaceCrops(t.id, seen) for t, seen in zip(tracks, sight.faces, strict=True)]

    def _batch(
        self, model: ModelSpec, interval: float, studies: list[FaceCrops], now: float
    ) -> Batch | None:
        good = {study.face.id: study for study in studies if study.face.quality.ok}
        due = self.schedule.due(model.name, good, now)
        if not due:
            return None
        self.schedule.asked(model.name, due, now, interval)
        squares = [good[track].square(model.margin) for track in due]
        crops = np.stack([good[track].crop(model.margin, model.size) for track in due])
        return Batch(model, due, squares, crops)


class FaceCrops:
    """One face of one frame; models that want the same crop share it."""

    def __init__(self, track: int, seen: FaceRegion) -> None:
        self._seen = seen
        self._crops: dict[tuple[float, int], GreyCrop] = {}
        quality = judge(seen.detection, self.crop(CROP_MARGIN, CROP_SIZE))
        self.face = Face(track, seen.detection, quality)

    def square(self, margin: float) -> Square:
        """The part of the frame that a crop with this margin shows."""
        return face_square(self.face.detection.box, margin, self.face.detection.roll)

    def crop(self, margin: float, size: int) -> GreyCrop:
        """The crop with this margin and size."""
        if (margin, size) not in self._crops:
            self._crops[margin, size] = self._seen.crop(margin, size)
        return self._crops[margin, size]
