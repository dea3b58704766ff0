"""Runs the file of a detection network, so that a network can be evaluated before it is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from face_utils.boxes import FloatArray, suppress
from face_utils.detection import Detection, Image
from face_utils.quiet_openvino import openvino

STRIDES = (8, 16, 32)
OVERLAP = 0.3
_POINTS = 5
# As in `face_utils.detectors.yunet`: from YuNet's framing to BlazeFace's.
_SIDE, _DOWN = 1.02, 0.022


class NetworkFile:
    """A detector of YuNet's form: cells with strides of 8, 16 and 32 pixels.

    Args:
        file: An ONNX file, an OpenVINO file or a SavedModel. It takes images in the order blue,
            green, red from 0 to 255. Its outputs are those of YuNet, or one with 15 channels per
            stride: score, box, landmarks. Scores may be logits.
        width: Longer side to which images are scaled, in pixels.
        threshold: Lowest score.
    """

    def __init__(self, file: Path, width: int, threshold: float) -> None:
        self._core = openvino.Core()
        self._model = self._core.read_model(file)
        shape = self._model.input().partial_shape
        self._rows_first = shape[3].is_static and shape[3].get_length() == 3
        self._width, self._threshold = width, threshold
        self._compiled: dict[tuple[int, int], Any] = {}

    def detect(self, image: Image) -> list[Detection]:
        """Returns the faces of an image, the best score first."""
        scale = self._width / max(image.shape)
        canvas = _canvas(image, scale)
        rows = np.concatenate(
            [_place(*part) for part in by_stride(self._run(canvas), canvas.shape[:2])]
        )
        rows = rows[rows[:, 0] >= self._threshold]
        boxes = np.concatenate([rows[:, 1:3] - rows[:, 3:5] / 2, rows[:, 3:5]], axis=1)
        kept = [group[0] for group in suppress(boxes, rows[:, 0], OVERLAP)]
        return [_to_detection(row, scale) for row in rows[kept]]

    def _run(self, canvas: Image) -> list[NDArray[np.float32]]:
        size = canvas.shape[0], canvas.shape[1]
        if size not in self._compiled:
            shape = [1, *size, 3] if self._rows_first else [1, 3, *size]
            self._model.reshape(shape)
            config = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
            self._compiled[size] = self._core.compile_model(self._model, "CPU", config)
        batch = canvas[np.newaxis] if self._rows_first else canvas.transpose(2, 0, 1)[np.newaxis]
        outputs = self._compiled[size]([batch.astype(self._model.input().element_type.to_dtype())])
        values = [np.asarray(value, np.float32) for value in outputs.values()]
        return values if self._rows_first else [_channels_last(value) for value in values]


def _channels_last(value: NDArray[np.float32]) -> NDArray[np.float32]:
    return value.transpose(0, 2, 3, 1) if value.ndim == 4 else value


def _canvas(image: Image, scale: float) -> Image:
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    below, right = -height % 32, -width % 32
    return np.pad(np.asarray(small, np.uint8), ((0, below), (0, right), (0, 0)))


def by_stride(
    outputs: list[NDArray[np.float32]], size: tuple[int, int]
) -> list[tuple[NDArray[np.float32], int, int]]:
    """Sorts outputs by their shapes: `(cells, 15)` rows, columns of cells, and stride."""
    result = []
    for stride in STRIDES:
        height, width = size[0] // stride, size[1] // stride
        flat = [_flat(value, height, width) for value in outputs]
        parts = {part.shape[1]: part for part in flat if part is not None}
        if 15 not in parts:
            scores = [part for part in flat if part is not None and part.shape[1] == 1]
            score = np.sqrt(np.prod(np.clip(scores, 0, 1), axis=0)) if scores[1:] else scores[0]
            parts[15] = np.concatenate([score, parts[4], parts[2 * _POINTS]], axis=1)
        result.append((parts[15], width, stride))
    return result


def _flat(value: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32] | None:
    """An output as `(cells, channels)`; None if it belongs to another stride."""
    if value.ndim == 4 and value.shape[1:3] != (height, width):
        return None
    if value.ndim == 3 and value.shape[1] != height * width:
        return None
    return value.reshape(height * width, -1)


def _place(cells: NDArray[np.float32], columns: int, stride: int) -> FloatArray:
    """Rows `[score, centre, width, height, landmarks ...]` in pixels of the canvas."""
    number = np.arange(len(cells))
    corners = np.stack([number % columns, number // columns], axis=1)
    score = cells[:, :1] if cells[:, 0].min() >= 0 else 1 / (1 + np.exp(-cells[:, :1]))
    centres = (cells[:, 1:3] + corners) * stride
    sizes = np.exp(np.clip(cells[:, 3:5], -10, 10)) * stride
    points = (cells[:, 5:] + np.tile(corners, _POINTS)) * stride
    return np.concatenate([score, centres, sizes, points], axis=1).astype(np.float32)


def _to_detection(row: FloatArray, scale: float) -> Detection:
    x, y, w, h = row[1:5] / scale
    side = _SIDE * np.sqrt(w * h)
    box = np.array([x - side / 2, y + h * _DOWN - side / 2, side, side], np.float32)
    points = row[5:].reshape(_POINTS, 2) / scale
    landmarks = np.vstack([points[:3], points[3:].mean(axis=0)]).astype(np.float32)
    return Detection(box, float(row[0]), landmarks)
