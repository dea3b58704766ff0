"""The detectors that this machine has files for."""

from __future__ import annotations

from pathlib import Path

import pytest

from face_utils.detectors.factory import build_detector

SHARED = Path(__file__).parents[4] / "shared" / "models" / "face_detection_yunet_2023mar.onnx"
AVAILABLE = ["blazeface", "haar", *(["yunet"] if SHARED.is_file() else [])]
SEE_LANDMARKS = [name for name in AVAILABLE if name != "haar"]


def _build(name, blazeface_file):
    return build_detector(name, blazeface_file, SHARED if SHARED.is_file() else None)


@pytest.fixture(scope="session", params=AVAILABLE)
def any_detector(request, blazeface_file):
    """Each detector in turn."""
    return _build(request.param, blazeface_file)


@pytest.fixture(scope="session", params=SEE_LANDMARKS)
def landmark_detector(request, blazeface_file):
    """Each detector that knows landmarks."""
    return _build(request.param, blazeface_file)
