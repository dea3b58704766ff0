"""A face detection network of YuNet's form, for canvases of any size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray
from face_utils.detectors.candidates import STRIDES, Size
from face_utils.detectors.openvino_runtime import CompiledNetwork, read_model
from face_utils.quiet_openvino import openvino

ROW = 15
"""Values of a cell: score, box, five landmarks."""

ops = openvino.opset13


class FaceNetwork:
    """A network that gives each cell of a canvas a score, a box and landmarks.

    Any number of threads can share it.

    Args:
        file: YuNet's file, or a SavedModel with the outputs `stride_8`, `stride_16` and
            `stride_32`.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._model: openvino.Model | None = None
        self._networks: dict[Size, CompiledNetwork] = {}

    def run(self, canvas: NDArray[np.uint8]) -> FloatArray:
        """Returns `(cells, 15)`: score, box and five landmarks of each cell, stride by stride.

        Args:
            canvas: `(height, width, 3)` blue, green, red.
        """
        size = canvas.shape[0], canvas.shape[1]
        self.prepare(size)
        return self._networks[size].run(canvas)[0]

    def prepare(self, size: Size) -> None:
        """Compiles the network for canvases of one size, which takes about 0.2 s."""
        if size in self._networks:
            return
        if self._model is None:
            self._model = _with_one_output(read_model(self._file))
        model = self._model.clone()  # Another thread may prepare another size.
        model.reshape([1, *size, 3])
        self._networks[size] = CompiledNetwork(model)


def _with_one_output(model: openvino.Model) -> openvino.Model:
    """Joins the outputs to rows of 15 values, and lets the network read uint8 pixels."""
    rows_first = model.input().partial_shape[3] == openvino.Dimension(3)
    cells = [_own_cells(model, s) if rows_first else _yunet_cells(model, s) for s in STRIDES]
    joined = openvino.Model([ops.concat(cells, axis=1)], model.get_parameters(), "faces")
    steps = openvino.preprocess.PrePostProcessor(joined)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NHWC" if rows_first else "NCHW"))
    return steps.build()


def _own_cells(model: openvino.Model, stride: int) -> openvino.Node:
    """One map for each stride, whose first channel is the logit of the score."""
    rows = ops.reshape(_output(model, f"stride_{stride}"), np.array([1, -1, ROW]), False)
    logit, others = ops.variadic_split(rows, 2, np.array([1, ROW - 1])).outputs()
    return ops.concat([ops.sigmoid(logit), others], axis=2)


def _yunet_cells(model: openvino.Model, stride: int) -> openvino.Node:
    """Four maps for each stride, two of which are factors of the score."""
    cls, obj, box, landmarks = (
        _output(model, f"{name}_{stride}") for name in ("cls", "obj", "bbox", "kps")
    )
    return ops.concat([ops.sqrt(ops.multiply(cls, obj)), box, landmarks], axis=2)


def _output(model: openvino.Model, name: str) -> openvino.Output:
    return model.output(name).node.input_value(0)
