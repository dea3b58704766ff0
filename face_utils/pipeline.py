"""Vision pipeline of one session: detected faces to tracks, and to crops for the due models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from face_utils.cropping import GreyCrop, Square, face_square
from face_utils.frame import DetectedFrame, FaceRegion, FrameSource, LiveFrame
from face_utils.limits import MAX_FACES
from face_utils.live_detection import LiveDetection
from face_utils.model_schedule import ModelSchedule
from face_utils.model_spec import ModelSpec
from face_utils.quality import CROP_MARGIN, CROP_SIZE, assess_quality
from face_utils.results import DetectedFace, Timings
from face_utils.tracking import MEMORY_SECONDS, Tracker


@dataclass(frozen=True, eq=False)
class Batch:
    """The faces of one request to one model.

    Attributes:
        model: The model.
        tracks: Ids of the tracks, one per crop.
        squares: The part of the frame that each crop shows, in pixels of the frame.
        crops: `(n, size, size)` uint8 grey.
    """

    model: ModelSpec
    tracks: list[int]
    squares: list[Square]
    crops: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class FrameAnalysis:
    """The faces of one frame, before any prediction.

    Attributes:
        width: Width of the upright frame in pixels.
        height: Height of the upright frame in pixels.
        faces: Its tracked faces.
        timings: Milliseconds by stage.
        batches: The crops that the due models should look at.
    """

    width: int
    height: int
    faces: list[DetectedFace]
    timings: Timings
    batches: list[Batch]


class Pipeline:
    """Tracker and model schedule of one session. One thread at a time may use it.

    Args:
        max_faces: Largest number of faces that are analyzed in a frame.
        track_memory_seconds: How long a face that is out of view keeps its id and its schedule.

    Example:
        >>> pipeline = Pipeline()
        >>> pipeline.analyze(lambda: DetectedFrame(640, 480, []), {}, now=0.0).faces
        []
    """

    def __init__(
        self, max_faces: int = MAX_FACES, track_memory_seconds: float = MEMORY_SECONDS
    ) -> None:
        self.schedule = ModelSchedule()
        self._tracker = Tracker(track_memory_seconds, max_faces)
        self._detection = LiveDetection()
        self._last_at = 0.0

    @property
    def tracks(self) -> set[int]:
        """Ids of the faces that are in view or remembered."""
        return self._tracker.ids

    def forget_tracks(self) -> None:
        """Drops all tracks, because boxes of later frames cannot be compared with earlier ones."""
        self._tracker.forget()
        self._detection = LiveDetection()

    def analyze(
        self, source: FrameSource, intervals: Mapping[ModelSpec, float], now: float
    ) -> FrameAnalysis:
        """Analyzes one frame.

        Args:
            source: Returns the frame's faces.
            intervals: The models that can be asked now -> seconds between two predictions.
            now: Time of the frame in seconds.

        Raises:
            MienError: The frame cannot be read.
        """
        start = perf_counter()
        frame = self._detect(source(), now)
        faces = self._track(frame, now)
        batches = [b for m, i in intervals.items() if (b := self._batch(m, i, faces, now))]
        if frame.picture:
            frame.timings["decode_ms"] = round(frame.picture.decode_seconds * 1e3, 2)
        total = round((perf_counter() - start) * 1e3, 2)
        return FrameAnalysis(
            frame.width,
            frame.height,
            [each.face for each in faces],
            Timings(**frame.timings, total_ms=total),
            batches,
        )

    def _detect(self, frame: DetectedFrame | LiveFrame, now: float) -> DetectedFrame:
        if isinstance(frame, DetectedFrame):
            return frame
        expected = self._tracker.expected(now)
        followed = [face for face in expected if face.seen_at >= self._last_at]
        return self._detection.find(frame, followed, now)

    def _track(self, frame: DetectedFrame, now: float) -> list[FaceCrops]:
        detections = [region.detection for region in frame.faces]
        tracks = self._tracker.update(detections, now, (frame.width, frame.height))
        self._last_at = now
        # A client may have dropped the predictions about a face that was away.
        away = {track.id for track in tracks if track and track.has_returned}
        self.schedule.keep(self._tracker.ids - away)
        pairs = zip(tracks, frame.faces, strict=True)
        return [FaceCrops(track.id, region) for track, region in pairs if track]

    def _batch(
        self, model: ModelSpec, interval: float, faces: list[FaceCrops], now: float
    ) -> Batch | None:
        good = {each.face.id: each for each in faces if each.face.quality.ok}
        due = self.schedule.due(model.name, good, now)
        if not due:
            return None
        self.schedule.asked(model.name, due, now, interval)
        squares = [good[track].square(model.margin) for track in due]
        crops = np.stack([good[track].crop(model.margin, model.size) for track in due])
        return Batch(model, due, squares, crops)


class FaceCrops:
    """One face of one frame; models that want the same crop share it."""

    def __init__(self, track: int, region: FaceRegion) -> None:
        self._region = region
        self._crops: dict[tuple[float, int], GreyCrop] = {}
        quality = assess_quality(region.detection, self.crop(CROP_MARGIN, CROP_SIZE))
        self.face = DetectedFace.from_detection(track, region.detection, quality)

    def square(self, margin: float) -> Square:
        """The part of the frame that a crop with this margin shows."""
        return face_square(self._region.detection.box, margin, self._region.detection.roll)

    def crop(self, margin: float, size: int) -> GreyCrop:
        """The crop with this margin and size."""
        if (margin, size) not in self._crops:
            self._crops[margin, size] = self._region.crop(margin, size)
        return self._crops[margin, size]
