"""Every detector, built as the app builds it."""

from __future__ import annotations

import pytest

from face_utils.detectors.factory import build_detector

DETECTORS = ["blazeface", "haar", "yunet"]
WITH_LANDMARKS = ["blazeface", "yunet"]


@pytest.fixture(scope="session", params=DETECTORS)
def any_detector(request, blazeface_file, yunet_file):
    """Each detector in turn."""
    return build_detector(request.param, blazeface_file, yunet_file)


@pytest.fixture(scope="session", params=WITH_LANDMARKS)
def landmark_detector(request, blazeface_file, yunet_file):
    """Each detector that finds landmarks."""
    return build_detector(request.param, blazeface_file, yunet_file)
