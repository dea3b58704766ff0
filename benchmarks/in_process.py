"""In-process baseline: the work of a frame without network, server or clients."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.models import load_network
from benchmarks.webcams import one_face
from face_utils.detectors.factory import build_detector
from face_utils.frame import DetectedFrame, FrameReader
from face_utils.image import ImageLimits
from face_utils.pipeline import Pipeline
from serving.contract import INPUT_NAME, MODELS, load_contract
from web.settings import Settings

FRAMES_PER_SECOND = 10
WARM_UP_FRAMES = 20


class _InProcessPipeline:
    """Decodes, detects, crops and runs three models at their intervals, as app and server do."""

    def __init__(self) -> None:
        specs = load_contract().values()
        self._read_frame = _frame_reader()
        self._networks = {spec.name: load_network(MODELS / spec.name) for spec in specs}
        self._intervals = {spec: spec.interval_ms / 1e3 for spec in specs}
        self._pipeline = Pipeline()

    def process(self, index: int) -> None:
        """Processes one frame, including the models that are due."""
        analysis = self._pipeline.analyze(
            lambda: self._read_frame(index), self._intervals, index / FRAMES_PER_SECOND
        )
        for batch in analysis.batches:
            self._networks[batch.model.name].run({INPUT_NAME: batch.crops[..., np.newaxis]})


def measure(frames: int) -> float:
    """Returns the CPU time per frame in milliseconds, with the models at their intervals."""
    pipeline = _InProcessPipeline()
    for index in range(WARM_UP_FRAMES):
        pipeline.process(index)
    start = time.process_time()
    for index in range(WARM_UP_FRAMES, WARM_UP_FRAMES + frames):
        pipeline.process(index)
    spent = time.process_time() - start
    return spent / frames * 1e3


def timings(frames: int) -> dict[str, float]:
    """Returns the median milliseconds of each stage over `frames` frames."""
    read_frame = _frame_reader()
    detected = [read_frame(index) for index in range(frames)]
    rows: NDArray[np.float64] = np.array([list(frame.timings.values()) for frame in detected])
    return dict(zip(detected[0].timings, np.median(rows, axis=0), strict=True))


def _frame_reader() -> Callable[[int], DetectedFrame]:
    """Returns a function that decodes a frame of a webcam and detects its faces."""
    settings = Settings()
    detector = build_detector("blazeface", settings.detection.blazeface, None)
    limits = ImageLimits(settings.limits.max_frame_bytes, settings.limits.max_pixels)
    reader = FrameReader(detector.detect, limits, settings.limits.max_faces)
    images = one_face(FRAMES_PER_SECOND)[0]

    def read_frame(index: int) -> DetectedFrame:
        return reader.read(images[index % len(images)])

    return read_frame
