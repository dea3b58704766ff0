"""Builds the face detector that the configuration names."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from face_utils.detection import Detector, DetectorPool
from face_utils.detectors import DetectorChoice
from face_utils.detectors.blazeface import BlazeFace
from face_utils.detectors.haar import Haar
from face_utils.detectors.yunet import YuNet


def build_detector(choice: DetectorChoice, blazeface: Path, yunet: Path | None) -> DetectorPool:
    """Builds a detector that any number of threads can share.

    Args:
        choice: A detector by name, or `auto`: YuNet if its file is given, else BlazeFace, or the
            Haar cascade if there is no model file.
        blazeface: BlazeFace's model file.
        yunet: YuNet's model file, or None.

    Raises:
        FileNotFoundError: The named detector's model file is missing.
        ValueError: YuNet's file has a wrong checksum.
    """
    # Each frame has its own thread. OpenCV's threads would only compete with these for the cores.
    cv2.setNumThreads(1)

    def build() -> Detector:
        if choice == "yunet" or (choice == "auto" and yunet):
            return YuNet(yunet or Path("face_detection_yunet_2023mar.onnx"))
        if choice == "blazeface" or (choice == "auto" and blazeface.is_file()):
            return BlazeFace(blazeface)
        return Haar()

    pool = DetectorPool(build)
    # The first pass allocates memory for a third of a second. No client should wait for that.
    pool.detect(np.zeros((480, 640, 3), dtype=np.uint8))
    return pool
