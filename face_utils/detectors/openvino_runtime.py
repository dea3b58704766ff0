"""Runs a detection network by OpenVINO, for any number of threads."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray
from face_utils.quiet_openvino import openvino

_CONFIG = {
    "INFERENCE_PRECISION_HINT": "f32",  # The default is bfloat16 if the CPU supports it.
    "PERFORMANCE_HINT": "LATENCY",
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
}


def read_model(file: Path) -> openvino.Model:
    """Reads a model of any format that OpenVINO knows."""
    core = openvino.Core()
    # A memory-mapped file that is truncated while it is read would crash the process.
    core.set_property({"ENABLE_MMAP": False})
    return core.read_model(file)


@dataclass(frozen=True, eq=False)
class _Request:
    """One run at a time, and views of its memory."""

    call: openvino.InferRequest
    image: NDArray[np.uint8]
    outputs: list[FloatArray]


class CompiledNetwork:
    """A network for images of one size. Each thread that runs it borrows a request of its own.

    Args:
        model: A model with one input of uint8 pixels, `(1, height, width, 3)`.
    """

    def __init__(self, model: openvino.Model) -> None:
        self._compiled = openvino.Core().compile_model(model, "CPU", _CONFIG)
        self._idle: deque[_Request] = deque()
        # The first run allocates memory. No frame should wait for that.
        self.run(np.zeros(tuple(model.input().shape)[1:], np.uint8))

    def run(self, image: NDArray[np.uint8]) -> list[FloatArray]:
        """Returns the outputs, each without the axis of the batch."""
        request = self._borrow()
        try:
            request.image[0] = image
            request.call.infer()
            return [output[0].copy() for output in request.outputs]
        finally:
            self._idle.append(request)

    def _borrow(self) -> _Request:
        try:
            return self._idle.pop()
        except IndexError:
            call = self._compiled.create_infer_request()
            outputs = [tensor.data for tensor in call.output_tensors]
            return _Request(call, call.get_input_tensor().data, outputs)
