"""The bare loop: the same work in one process, with no network, no server and no clients."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from benchmarks.moving_face import film
from face_utils.detectors.choice import build_detector
from face_utils.image import ImageLimits
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Pipeline
from face_utils.sight import see_frame
from serving.contract import MODELS, load_contract
from web.config import Config

FRAMES_PER_SECOND = 10
_SPLIT_SECONDS = 1 / FRAMES_PER_SECOND


@dataclass(frozen=True)
class BareFigures:
    """What the loop costs.

    Attributes:
        cpu_ms_per_frame: Processor time of a frame, with the models at their intervals.
        rss_mib: Memory of the process at its end.
    """

    cpu_ms_per_frame: float
    rss_mib: float


def measure(frames: int) -> BareFigures:
    """Runs decode, detect, crop and three models at their intervals over `frames` frames."""
    import psutil

    config = Config()
    detector = build_detector("blazeface", config.blazeface, None)
    limits = ImageLimits(config.max_frame_bytes, config.max_pixels)
    specs = load_contract()
    networks = {name: _load(spec) for name, spec in specs.items()}
    intervals = {spec: spec.interval_ms / 1e3 for spec in specs.values()}
    pictures, pipeline = film(50), Pipeline()

    def work(index: int) -> None:
        data = pictures[index % len(pictures)]
        _, batches = pipeline.analyse(
            lambda: see_frame(data, detector.detect, limits, config.max_faces),
            intervals,
            index * _SPLIT_SECONDS,
        )
        for batch in batches:
            networks[batch.model.name](batch.crops[..., np.newaxis])

    for index in range(20):
        work(index)
    start = time.process_time()
    for index in range(20, 20 + frames):
        work(index)
    spent = time.process_time() - start
    return BareFigures(spent / frames * 1e3, psutil.Process().memory_info().rss / 2**20)


def _load(spec: ModelSpec) -> ov.CompiledModel:
    """Compiles the newest version of a model for one thread."""
    newest = max((MODELS / spec.name).iterdir(), key=lambda folder: int(folder.name))
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    return ov.Core().compile_model(ov.Core().read_model(newest), "CPU", options)


def timings(frames: int) -> dict[str, float]:
    """Milliseconds of each stage on its own, medians over `frames` frames."""
    config = Config()
    detector = build_detector("blazeface", config.blazeface, None)
    limits = ImageLimits(config.max_frame_bytes, config.max_pixels)
    pictures = film(50)
    rows: list[NDArray[np.float64]] = []
    for index in range(frames):
        sight = see_frame(pictures[index % 50], detector.detect, limits, config.max_faces)
        rows.append(np.array(list(sight.timings.values())))
    return dict(zip(sight.timings, np.median(rows, axis=0), strict=True))
