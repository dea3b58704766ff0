"""Mien's own detector, a smaller network that learned from YuNet."""

from __future__ import annotations

from pathlib import Path

from face_utils.detectors.candidates import Framing
from face_utils.detectors.face_network import FaceNetwork
from face_utils.detectors.network_detector import NetworkDetector
from face_utils.search.canvas_detector import Thresholds

FOLDER = Path(__file__).with_name("face_detector")
FRAMING = Framing(side=0.98, down=0.046)
"""Medians over 408 faces of the training data, against BlazeFace."""

THRESHOLDS = Thresholds(photo=0.75, sure=0.77, again=0.63, known=0.4)


def open_own() -> NetworkDetector:
    """Opens the detector that is part of Mien.

    Raises:
        FileNotFoundError: The installation is not complete.
    """
    if not (FOLDER / "saved_model.pb").is_file():
        raise FileNotFoundError(f"The face detector in {FOLDER} is missing. Install Mien again.")
    return NetworkDetector("mien", FaceNetwork(FOLDER), THRESHOLDS, FRAMING)
