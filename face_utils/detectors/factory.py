"""Builds the face detector that the configuration names."""

from __future__ import annotations

from pathlib import Path

import cv2

from face_utils.detection import Detector, DetectorPool
from face_utils.detectors import DetectorChoice
from face_utils.detectors.haar import Haar
from face_utils.search.canvas_detector import CanvasDetector


def build_detector(choice: DetectorChoice, blazeface: Path, yunet: Path | None) -> Detector:
    """Builds a detector that any number of threads can share. `prepare` loads its network.

    Args:
        choice: A detector by name, or `auto`: YuNet if its file is given, else Mien's own.
        blazeface: BlazeFace's model file.
        yunet: YuNet's model file, or None.

    Raises:
        FileNotFoundError: The named detector's model file is missing.
        ValueError: YuNet's file has a wrong checksum.
    """
    # Each frame has its own thread. OpenCV's threads would only compete with these for the cores.
    cv2.setNumThreads(1)
    # OpenVINO takes a quarter of a second to import, and Haar does not need it.
    if choice == "yunet" or (choice == "auto" and yunet):
        from face_utils.detectors.yunet import open_yunet

        return open_yunet(yunet or Path("face_detection_yunet_2023mar.onnx"))
    if choice == "blazeface":
        from face_utils.detectors.blazeface import BlazeFace

        return BlazeFace(blazeface)
    if choice == "haar":
        return DetectorPool(Haar)
    from face_utils.detectors.own import open_own

    return open_own()


def live_detector(detector: Detector) -> CanvasDetector | None:
    """The detector as one that can look at parts of live frames, or None if it cannot."""
    return detector if isinstance(detector, CanvasDetector) else None
