"""A face detection network of YuNet's form, for canvases of any size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray
from face_utils.detectors.candidates import STRIDES, Size
from face_utils.detectors.openvino_runtime import CompiledNetwork, read_model
from face_utils.quiet_openvino import openvino

_OUTPUTS = ("cls", "obj", "bbox", "kps")


class FaceNetwork:
    """A network that gives each cell of a canvas a score, a box and landmarks.

    Any number of threads can share it.

    Args:
        file: A model file or SavedModel with the outputs `cls_8`, `obj_8`, `bbox_8` and `kps_8`,
            and the same for the strides 16 and 32.
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
    """Joins the outputs to rows of 15 values, and reads uint8 pixels, row by row."""
    ops = openvino.opset13
    strides = []
    for stride in STRIDES:
        cls, obj, box, landmarks = (
            model.output(f"{name}_{stride}").node.input_value(0) for name in _OUTPUTS
        )
        score = ops.sqrt(ops.multiply(cls, obj))
        strides.append(ops.concat([score, box, landmarks], axis=2))
    joined = openvino.Model([ops.concat(strides, axis=1)], model.get_parameters(), "faces")
    steps = openvino.preprocess.PrePostProcessor(joined)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    return steps.build()
