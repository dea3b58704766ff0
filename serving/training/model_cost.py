"""Cost of a model: weights, bytes and milliseconds per face."""

from __future__ import annotations

import platform
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from face_utils.model_spec import ModelSpec
from serving.contract import INPUT_NAME
from serving.training.runtimes import openvino_model

ROUNDS, CALLS = 9, 100


def measure_cost(spec: ModelSpec, folder: Path) -> dict[str, Any]:
    """Measures weights, bytes on disk, and milliseconds for one crop on one core."""
    weights = sum(int(np.prod(v.shape)) for v in tf.saved_model.load(str(folder)).weights)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    milliseconds = round(_milliseconds(spec, folder), 3)
    return {"weights": weights, "bytes": size, "ms": milliseconds, "machine": _processor()}


def _milliseconds(spec: ModelSpec, folder: Path) -> float:
    """Median time of one inference, in the fastest of several rounds."""
    model = openvino_model(folder)
    request = model.create_infer_request()
    crop = {INPUT_NAME: np.full((1, spec.size, spec.size, 1), 127, dtype=np.uint8)}

    def once() -> float:
        start = time.perf_counter()
        request.infer(crop)
        return time.perf_counter() - start

    return 1000 * min(statistics.median(once() for _ in range(CALLS)) for _ in range(ROUNDS))


def _processor() -> str:
    """Name of the processor, as the operating system reports it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
