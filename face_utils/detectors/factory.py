"""Builds the face detector that the configuration names."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from face_utils.detection import Detector, DetectorPool
from face_utils.detectors.blazeface import BlazeFace
from face_utils.detectors.haar import Haar
from face_utils.detectors.yunet import YuNet

Choice = Literal["auto", "blazeface", "yunet", "haar"]


def build_detector(choice: Choice, blazeface: Path, yunet: Path | None) -> DetectorPool:
    """Builds a detector that any number of threads can share.

    Args:
        choice: A detector by name, or `auto`: YuNet when its file is given, else BlazeFace, and
            the Haar cascade where there is no file at all.
        blazeface: BlazeFace's model file.
        yunet: YuNet's model file, or None.

    Raises:
        FileNotFoundError: The named detector's model file is not there.
        ValueError: YuNet's file has a wrong checksum.
    """
    # One frame is one thread's work: OpenCV's own threads would only fight over the cores.
    cv2.setNumThreads(1)

    def build() -> Detector:
        if choice == "yunet" or (choice == "auto" and yunet):
            return YuNet(yunet or Path("face_detection_yunet_2023mar.onnx"))
        if choice == "blazeface" or (choice == "auto" and blazeface.is_file()):
            return BlazeFace(blazeface)
        return Haar()

    pool = DetectorPool(build)
    # The first pass allocates for a third of a second; no client should wait for that.
    pool.detect(np.zeros((480, 640, 3), dtype=np.uint8))
    return pool
