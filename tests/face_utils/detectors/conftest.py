"""Every detector, built as the app builds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from face_utils.detection import Detector
from face_utils.detectors.factory import build_detector

DETECTORS = ["mien", "blazeface", "haar", "yunet"]
WITH_LANDMARKS = ["mien", "blazeface", "yunet"]


def _build(request: pytest.FixtureRequest, blazeface_file: Path) -> Detector:
    yunet = request.getfixturevalue("yunet_file") if request.param == "yunet" else None
    return build_detector(request.param, blazeface_file, yunet)


@pytest.fixture(scope="session", params=DETECTORS)
def any_detector(request, blazeface_file):
    """Each detector in turn."""
    return _build(request, blazeface_file)


@pytest.fixture(scope="session", params=WITH_LANDMARKS)
def landmark_detector(request, blazeface_file):
    """Each detector that finds landmarks."""
    return _build(request, blazeface_file)
