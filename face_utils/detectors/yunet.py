"""YuNet on OpenVINO.

W. Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023. Mien does not contain its model
file. It is used if the operator has one.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from face_utils.detectors.face_network import FaceNetwork
from face_utils.detectors.network_detector import NetworkDetector
from face_utils.search.canvas_detector import Thresholds

CHECKSUM = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
THRESHOLDS = Thresholds(photo=0.75, sure=0.8, again=0.68, known=0.5)


def open_yunet(model: Path) -> NetworkDetector:
    """Opens YuNet, which is better than BlazeFace on small and turned faces.

    Raises:
        FileNotFoundError: The model file is missing.
        ValueError: The file is not YuNet's.
    """
    if not model.is_file():
        raise FileNotFoundError(f"The YuNet model {model} is missing. Set MIEN_YUNET to it.")
    if sha256(model.read_bytes()).hexdigest() != CHECKSUM:
        raise ValueError(f"{model} is not face_detection_yunet_2023mar.onnx: wrong checksum.")
    return NetworkDetector("yunet", FaceNetwork(model), THRESHOLDS)
