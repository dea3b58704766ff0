"""Films of faces, seen through the project's own detector, tracker, gate and models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2

from benchmarks.tuning.camera_simulation import JPEG
from benchmarks.tuning.models import Models
from benchmarks.tuning.prediction_tracks import Track
from face_utils.detection import Detection, Image
from face_utils.detectors.factory import build_detector
from face_utils.frame import DetectedFrame, detect_faces
from face_utils.image import ImageLimits
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Batch, Pipeline
from face_utils.smoothing import Outputs
from web.settings import Settings

Camera = Callable[[Image], Image]
Look = Callable[[Image], DetectedFrame]


@dataclass(frozen=True, eq=False)
class TrackedFace:
    """A face in one frame.

    Attributes:
        track: Number of its track.
        detection: Where it is.
        answers: What each model says of it; empty where the gate refuses it.
    """

    track: int
    detection: Detection
    answers: Mapping[str, Outputs]


@dataclass(frozen=True, eq=False)
class Clip:
    """A film and the face that was asked about most.

    Attributes:
        name: The file's name without its ending.
        rate: Frames a second.
        faces: The face, once per frame in which it was found.
    """

    name: str
    rate: float
    faces: Sequence[TrackedFace]

    def played(self, spec: ModelSpec, seconds: float, start: int = 0) -> Track:
        """What a model says at its interval when the film is played back and forth.

        Args:
            spec: The model.
            seconds: How long to play.
            start: Frame to begin with.
        """
        good = [face.answers[spec.name] for face in self.faces if spec.name in face.answers]
        step = round(spec.interval_ms / 1e3 * self.rate)
        looks = range(start, start + round(seconds * self.rate), step)
        return [good[back_and_forth(look, len(good))] for look in looks] if good else []


def back_and_forth(frame: int, frames: int) -> int:
    """The frame that is shown when a film of so many frames turns round at both ends."""
    place = frame % max(2 * frames - 2, 1)
    return min(place, 2 * frames - 2 - place)


def track_clips(folder: Path, models: Models, camera: Camera) -> list[Clip]:
    """Plays every film of a folder to the pipeline, each model looking at every frame.

    Films in which the gate lets no face pass are left out: they show nothing.

    Args:
        folder: Holds the films.
        models: The models to ask.
        camera: Changes each picture before it is sent.

    Raises:
        FileNotFoundError: There is no film.
    """
    paths, look = sorted(folder.glob("*.mkv")), _eye()
    if not paths:
        raise FileNotFoundError(f"no films (*.mkv) in {folder}")
    clips = [_watch_one(path, models, camera, look) for path in paths]
    return [clip for clip in clips if clip.faces]


def _eye() -> Look:
    """Sees a picture as the app sees a frame."""
    settings = Settings()
    detect = build_detector("blazeface", settings.detection.blazeface, None).detect
    limits = ImageLimits(settings.limits.max_frame_bytes, settings.limits.max_pixels)

    def look(picture: Image) -> DetectedFrame:
        data = bytes(cv2.imencode(".jpg", picture, JPEG)[1])
        return detect_faces(data, detect, limits, settings.limits.max_faces)

    return look


def _watch_one(path: Path, models: Models, camera: Camera, look: Look) -> Clip:
    film = cv2.VideoCapture(str(path))
    rate = float(film.get(cv2.CAP_PROP_FPS))
    sights = (look(camera(picture)) for picture in _pictures(film))
    seen = list(_follow(sights, rate, models))
    counts = Counter(face.track for face in seen if face.answers)
    longest = max(counts, key=counts.__getitem__, default=None)
    return Clip(path.stem, rate, [face for face in seen if face.track == longest])


def _pictures(film: cv2.VideoCapture) -> Iterator[Image]:
    while (frame := film.read())[0]:
        yield frame[1]


def _follow(sights: Iterable[DetectedFrame], rate: float, models: Models) -> Iterator[TrackedFace]:
    """Every face of every frame, as a session would see it."""
    pipeline, always = Pipeline(), {model.spec: 0.0 for model in models.values()}
    for number, sight in enumerate(sights):
        analysis, batches = pipeline.analyse(partial(_again, sight), always, number / rate)
        answers = {batch.model.name: _ask(batch, models) for batch in batches}
        for face in analysis.faces:
            told = {name: a[face.id] for name, a in answers.items() if face.id in a}
            yield TrackedFace(face.id, face.detection, told)


def _again(sight: DetectedFrame) -> DetectedFrame:
    return sight


def _ask(batch: Batch, models: Models) -> dict[int, Outputs]:
    """Number of a track -> the answer about it."""
    answers = models[batch.model.name].answer_each(batch.crops)
    return dict(zip(batch.tracks, answers, strict=True))
