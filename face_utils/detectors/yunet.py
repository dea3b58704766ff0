"""YuNet on OpenCV's FaceDetectorYN.

W. Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023. Mien does not contain its model
file. It is used if the operator has one.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np

from face_utils.boxes import FloatArray
from face_utils.detection import Detection, Image
from face_utils.detectors.scaling import scale_to

CHECKSUM = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
INPUT_WIDTH = 320
# With a single row or column of 32-pixel cells, FaceDetectorYN reads uninitialised memory.
SMALLEST_SIDE = 64
SCORE_THRESHOLD = 0.7
# YuNet frames a face from forehead to chin. These map its boxes to BlazeFace's framing, so that the
# models see the same crop. Medians over 671 faces of the training data.
_SIDE = 1.02
_DOWN = 0.022


class YuNet:
    """Face detector that is better than the others on small and turned faces.

    Raises:
        FileNotFoundError: The model file is missing.
        ValueError: The file is not YuNet's.
    """

    name = "yunet"

    def __init__(self, model: Path) -> None:
        if not model.is_file():
            raise FileNotFoundError(f"The YuNet model {model} is missing. Set MIEN_YUNET to it.")
        if sha256(model.read_bytes()).hexdigest() != CHECKSUM:
            raise ValueError(f"{model} is not face_detection_yunet_2023mar.onnx: wrong checksum.")
        self._network = cv2.FaceDetectorYN.create(str(model), "", (320, 240), SCORE_THRESHOLD)

    def detect(self, image: Image) -> list[Detection]:
        """Returns the faces of an image, the best score first."""
        height, width = image.shape[:2]
        scale = INPUT_WIDTH / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        canvas = _pad(scale_to(image, *size))
        self._network.setInputSize(canvas.shape[1::-1])
        _, rows = self._network.detect(canvas)
        if rows is None:
            return []
        faces = [_to_detection(row, scale) for row in rows]
        return sorted(faces, key=lambda face: -face.score)


def _pad(image: Image) -> Image:
    below, right = (max(0, SMALLEST_SIDE - side) for side in image.shape[:2])
    return np.pad(image, ((0, below), (0, right), (0, 0))) if below or right else image


def _to_detection(row: FloatArray, scale: float) -> Detection:
    """One row: box, right eye, left eye, nose, right and left corner of the mouth, score."""
    x, y, w, h = row[:4] / scale
    side = _SIDE * np.sqrt(w * h)
    box = np.array([x + w / 2 - side / 2, y + h * (0.5 + _DOWN) - side / 2, side, side], np.float32)
    points = row[4:14].reshape(5, 2) / scale
    landmarks = np.vstack([points[:3], points[3:].mean(axis=0)]).astype(np.float32)
    return Detection(box, float(row[14]), landmarks)
