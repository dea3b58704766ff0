"""BlazeFace (full range) on OpenVINO, which reads the file of TensorFlow Lite.

The network and its conventions: V. Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face
Detection on Mobile GPUs", 2019. The full-range model has one anchor in the centre of each cell of
a 48 by 48 grid over its 192 by 192 input.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from face_utils.boxes import FloatArray, suppress
from face_utils.detection import Detection, Image
from face_utils.detectors.openvino_runtime import CompiledNetwork, read_model
from face_utils.detectors.scaling import scale_to
from face_utils.quiet_openvino import openvino

INPUT_SIDE = 192
GRID_SIDE = 48
SCORE_THRESHOLD = 0.6
OVERLAP_THRESHOLD = 0.3
RETRY_PADDING = 1.0
_KEYPOINTS = slice(4, 12)  # right eye, left eye, nose tip, mouth; two ears follow


def _anchors() -> FloatArray:
    """Centres of the grid's cells, `(2304, 2)` pixels of the network's input."""
    centres = (np.arange(GRID_SIDE, dtype=np.float32) + 0.5) * (INPUT_SIDE / GRID_SIDE)
    return np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)


class BlazeFace:
    """Face detector for webcam distances that also finds tilted heads.

    Raises:
        FileNotFoundError: The model file is missing.
    """

    name = "blazeface"

    def __init__(self, model: Path, score_threshold: float = SCORE_THRESHOLD) -> None:
        if not model.is_file():
            raise FileNotFoundError(f"The BlazeFace model {model} is missing. Run `make setup`.")
        self._model = model
        self._network: CompiledNetwork | None = None
        self._anchors = _anchors()
        # The network returns logits. Comparing them saves a sigmoid over 2,304 cells.
        self._logit_threshold = float(np.log(score_threshold / (1 - score_threshold)))

    def prepare(self) -> None:
        """Loads the network, which takes about a second."""
        self._loaded()

    def detect(self, image: Image) -> list[Detection]:
        """Returns the faces of an image, the best score first.

        The network misses a face that fills the image. If it finds nothing, it searches the image
        once more with a margin around it.
        """
        return self._search(image, 0.0) or self._search(image, RETRY_PADDING)

    def _loaded(self) -> CompiledNetwork:
        if self._network is None:
            self._network = CompiledNetwork(_with_pixels(read_model(self._model)))
        return self._network

    def _search(self, image: Image, padding: float) -> list[Detection]:
        height, width = image.shape[:2]
        longest = max(height, width) * (1 + 2 * padding)
        scale = INPUT_SIDE / longest
        offset = (INPUT_SIDE - np.array([width, height]) * scale) / 2
        values, scores = self._run(_letterbox(image, scale, offset))
        groups = suppress(values[:, :4], scores, OVERLAP_THRESHOLD)
        faces = [_blend(values[group], scores[group]) for group in groups]
        return [_to_image(face, score, offset, scale) for face, score in faces]

    def _run(self, canvas: Image) -> tuple[FloatArray, FloatArray]:
        """Rows `[x, y, w, h, landmarks ...]` in input pixels and their scores."""
        outputs = {out.shape[-1]: out for out in self._loaded().run(canvas)}
        logits, raw = outputs[1][:, 0], outputs[16]
        keep = np.flatnonzero(logits > self._logit_threshold)
        values, centres = raw[keep, :12].copy(), self._anchors[keep]
        values[:, :2] += centres - values[:, 2:4] / 2
        values[:, _KEYPOINTS] += np.tile(centres, 4)
        return values, np.asarray(1 / (1 + np.exp(-logits[keep])), dtype=np.float32)


def _with_pixels(model: openvino.Model) -> openvino.Model:
    """Lets the network read blue, green and red from 0 to 255."""
    steps = openvino.preprocess.PrePostProcessor(model)
    pixels, values = openvino.Type.u8, openvino.Type.f32
    blue_first = openvino.preprocess.ColorFormat.BGR
    red_first = openvino.preprocess.ColorFormat.RGB
    tensor = steps.input().tensor().set_element_type(pixels).set_layout(openvino.Layout("NHWC"))
    tensor.set_color_format(blue_first)
    prepare = steps.input().preprocess().convert_element_type(values).convert_color(red_first)
    prepare.mean(127.5).scale(127.5)
    return steps.build()


def _letterbox(image: Image, scale: float, offset: FloatArray) -> Image:
    """The image scaled into the middle of the network's input, with a black border."""
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    shrunk = scale_to(image, *size)
    left, top = int(offset[0]), int(offset[1])
    canvas = np.zeros((INPUT_SIDE, INPUT_SIDE, 3), dtype=np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = shrunk
    return canvas


def _blend(values: FloatArray, scores: FloatArray) -> tuple[FloatArray, float]:
    """One face from overlapping candidates: their mean, weighted by score (the paper's 4.2)."""
    return np.average(values, axis=0, weights=scores).astype(np.float32), float(scores[0])


def _to_image(face: FloatArray, score: float, offset: FloatArray, scale: float) -> Detection:
    points = ((face.reshape(-1, 2) - _shift(offset)) / scale).astype(np.float32)
    box = np.concatenate([points[0], face[2:4] / scale]).astype(np.float32)
    return Detection(box=box, score=score, landmarks=points[2:6])


def _shift(offset: FloatArray) -> FloatArray:
    """Offset in whole pixels, where the letterbox places the image."""
    return np.floor(offset)
