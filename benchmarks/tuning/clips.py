"""Clips: videos of faces, analyzed with the detector, tracker, quality check and models of Mien."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2

from benchmarks.models import Models
from benchmarks.tuning.camera_simulation import JPEG
from benchmarks.tuning.prediction_tracks import Track
from face_utils.detection import Detection, Image
from face_utils.detectors.factory import build_detector
from face_utils.frame import DetectedFrame, FrameReader
from face_utils.image import ImageLimits
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Batch, Pipeline
from face_utils.smoothing import Outputs
from web.settings import Settings

Camera = Callable[[Image], Image]
Detect = Callable[[Image], DetectedFrame]


@dataclass(frozen=True, eq=False)
class TrackedFace:
    """A face in one frame.

    Attributes:
        track: Id of its track.
        detection: Its box and landmarks.
        predictions: Outputs of each model; empty if the quality check refuses the face.
    """

    track: int
    detection: Detection
    predictions: Mapping[str, Outputs]


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip and the track with the most predictions.

    Attributes:
        name: The file's name without its suffix.
        rate: Frames per second.
        faces: The faces of the track, frame by frame.
    """

    name: str
    rate: float
    faces: Sequence[TrackedFace]

    def play(self, spec: ModelSpec, seconds: float, start: int = 0) -> Track:
        """Returns a model's predictions at its interval while the clip plays back and forth.

        Args:
            spec: The model.
            seconds: Duration of the playback.
            start: First frame.
        """
        known = [f.predictions[spec.name] for f in self.faces if spec.name in f.predictions]
        step = round(spec.interval_ms / 1e3 * self.rate)
        frames = range(start, start + round(seconds * self.rate), step)
        return [known[back_and_forth(frame, len(known))] for frame in frames] if known else []


def back_and_forth(frame: int, frames: int) -> int:
    """Returns the frame shown when a clip of `frames` frames plays back and forth."""
    place = frame % max(2 * frames - 2, 1)
    return min(place, 2 * frames - 2 - place)


def track_clips(folder: Path, models: Models, camera: Camera) -> list[Clip]:
    """Analyzes every clip of a folder, with every model on every frame.

    Clips in which the quality check refuses every face are left out.

    Args:
        folder: Folder of the clips.
        models: The models to run.
        camera: Changes each frame before it is sent.

    Raises:
        FileNotFoundError: There are no clips.
    """
    paths, detect = sorted(folder.glob("*.mkv")), _service_detection()
    if not paths:
        raise FileNotFoundError(f"No clips (*.mkv) in {folder}. Name a folder with --clips.")
    clips = [_track_clip(path, models, camera, detect) for path in paths]
    return [clip for clip in clips if clip.faces]


def _service_detection() -> Detect:
    """Returns a function that detects faces as the app does."""
    settings = Settings()
    detector = build_detector("blazeface", settings.detection.blazeface, None)
    limits = ImageLimits(settings.limits.max_frame_bytes, settings.limits.max_pixels)
    reader = FrameReader(detector.detect, limits, settings.limits.max_faces)

    def detect(frame: Image) -> DetectedFrame:
        return reader.read(bytes(cv2.imencode(".jpg", frame, JPEG)[1]))

    return detect


def _track_clip(path: Path, models: Models, camera: Camera, detect: Detect) -> Clip:
    video = cv2.VideoCapture(str(path))
    rate = float(video.get(cv2.CAP_PROP_FPS))
    frames = (detect(camera(frame)) for frame in _read(video))
    faces = list(_analyze(frames, rate, models))
    counts = Counter(face.track for face in faces if face.predictions)
    longest = max(counts, key=counts.__getitem__, default=None)
    return Clip(path.stem, rate, [face for face in faces if face.track == longest])


def _read(video: cv2.VideoCapture) -> Iterator[Image]:
    while (frame := video.read())[0]:
        yield frame[1]


def _analyze(frames: Iterable[DetectedFrame], rate: float, models: Models) -> Iterator[TrackedFace]:
    """Yields every face of every frame, as a session would track it."""
    pipeline, every_frame = Pipeline(), {model.spec: 0.0 for model in models.values()}
    for number, frame in enumerate(frames):
        analysis = pipeline.analyze(partial(_same, frame), every_frame, number / rate)
        outputs = {batch.model.name: _predict(batch, models) for batch in analysis.batches}
        for face, region in zip(analysis.faces, frame.faces, strict=True):
            predictions = {name: o[face.id] for name, o in outputs.items() if face.id in o}
            yield TrackedFace(face.id, region.detection, predictions)


def _same(frame: DetectedFrame) -> DetectedFrame:
    return frame


def _predict(batch: Batch, models: Models) -> dict[int, Outputs]:
    """Returns the outputs for each track of a batch."""
    outputs = models[batch.model.name].predict_each(batch.crops)
    return dict(zip(batch.tracks, outputs, strict=True))
