"""In-process baseline: the work of a frame without network, server or clients."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.models import load_network
from benchmarks.webcams import one_face
from face_utils.detectors.factory import build_detector, live_detector
from face_utils.frame import FrameReader
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
        self._reader = _frame_reader()
        self._images = one_face(FRAMES_PER_SECOND)[0]
        self._networks = {spec.name: load_network(MODELS / spec.name) for spec in specs}
        self._intervals = {spec: spec.interval_ms / 1e3 for spec in specs}
        self._pipeline = Pipeline()

    def process(self, index: int) -> None:
        """Processes one frame, including the models that are due."""
        image = self._images[index % len(self._images)]
        analysis = self._pipeline.analyze(
            lambda: self._reader.open(image), self._intervals, index / FRAMES_PER_SECOND
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


def _frame_reader() -> FrameReader:
    """Reads frames as the app does with its default settings."""
    settings = Settings()
    chosen, limits = settings.detection, settings.limits
    detector = build_detector(chosen.detector, chosen.blazeface, chosen.yunet)
    image_limits = ImageLimits(limits.max_frame_bytes, limits.max_pixels)
    return FrameReader(detector.detect, image_limits, limits.max_faces, live_detector(detector))
