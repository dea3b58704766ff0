"""The bare loop: the same work in one process, with no network, no server and no clients."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.models import load_network
from face_utils.detectors.factory import build_detector
from face_utils.frame import DetectedFrame, FrameReader
from face_utils.image import ImageLimits
from face_utils.pipeline import Pipeline
from serving.contract import INPUT_NAME, MODELS, load_contract
from tests.support.moving_face import film
from web.settings import Settings

FRAMES_PER_SECOND = 10
WARM_UP_FRAMES = 20


class _Loop:
    """Decode, detect, crop and three models at their intervals, as the app and its server do it."""

    def __init__(self) -> None:
        specs = load_contract().values()
        self._see = _sight()
        self._networks = {spec.name: load_network(MODELS / spec.name) for spec in specs}
        self._intervals = {spec: spec.interval_ms / 1e3 for spec in specs}
        self._pipeline = Pipeline()

    def work(self, index: int) -> None:
        """Does all that one frame asks for."""
        analysis = self._pipeline.analyze(
            lambda: self._see(index), self._intervals, index / FRAMES_PER_SECOND
        )
        for batch in analysis.batches:
            self._networks[batch.model.name].run({INPUT_NAME: batch.crops[..., np.newaxis]})


def measure(frames: int) -> float:
    """Processor time of a frame in milliseconds, with the models at their intervals."""
    loop = _Loop()
    for index in range(WARM_UP_FRAMES):
        loop.work(index)
    start = time.process_time()
    for index in range(WARM_UP_FRAMES, WARM_UP_FRAMES + frames):
        loop.work(index)
    spent = time.process_time() - start
    return spent / frames * 1e3


def timings(frames: int) -> dict[str, float]:
    """Milliseconds of each stage on its own, medians over `frames` frames."""
    see = _sight()
    sights = [see(index) for index in range(frames)]
    rows: NDArray[np.float64] = np.array([list(sight.timings.values()) for sight in sights])
    return dict(zip(sights[0].timings, np.median(rows, axis=0), strict=True))


def _sight() -> Callable[[int], DetectedFrame]:
    """Gives what looks at a frame of the film, by its number."""
    settings = Settings()
    detector = build_detector("blazeface", settings.detection.blazeface, None)
    limits = ImageLimits(settings.limits.max_frame_bytes, settings.limits.max_pixels)
    reader = FrameReader(detector.detect, limits, settings.limits.max_faces)
    pictures = film(50)

    def see(index: int) -> DetectedFrame:
        data = pictures[index % len(pictures)]
        return reader.read(data)

    return see
